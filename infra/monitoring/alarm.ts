/// <reference path="../../.sst/platform/config.d.ts" />
import { uniqueName } from "sst-ec2";

/** Requires the settings whose AWS defaults are easy to get wrong. */
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

/** Who is told, and the alarm's parent. */
export interface AlarmContext {
  /** ARNs that are told when an alarm starts and ends; empty for members of a composite alarm. */
  actions: $util.Input<string>[];
  parent?: $util.Resource | undefined;
}

/**
 * Creates an alarm whose name carries app and stage.
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
