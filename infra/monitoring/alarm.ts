/// <reference path="../../.sst/platform/config.d.ts" />
import { uniqueName } from "sst-ec2";

/** What every alarm must say, so that nobody has to remember AWS's defaults. */
export type AlarmArgs = aws.cloudwatch.MetricAlarmArgs &
  Required<
    Pick<
      aws.cloudwatch.MetricAlarmArgs,
      | "alarmDescription"
      | "threshold"
      | "evaluationPeriods"
      | "datapointsToAlarm"
      | "treatMissingData"
    >
  >;

/** Who is told, and which component it belongs to. */
export interface AlarmContext {
  /** ARNs of what is told when an alarm begins and ends; none for the members of a composite one. */
  actions: $util.Input<string>[];
  parent?: $util.Resource | undefined;
}

/**
 * An alarm with its app and stage in its name.
 *
 * ### Cost
 * $0.10 a month for each metric that it looks at; the first ten of an account are free.
 */
export function alarm(
  name: string,
  args: AlarmArgs,
  { actions, parent }: AlarmContext,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    uniqueName(name, "aws:cloudwatch/metricAlarm:MetricAlarm"),
    { alarmActions: actions, okActions: actions, ...args },
    { ...(parent && { parent }) },
  );
}
