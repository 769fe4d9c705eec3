/** The one way to make an alarm. `docs/operations.md` explains each. */
import { uniqueName } from "sst-ec2";

type MetricAlarmArgs = aws.cloudwatch.MetricAlarmArgs;

/** Requires the settings whose AWS defaults are easy to get wrong. */
export type AlarmArgs = Omit<MetricAlarmArgs, "comparisonOperator"> &
  Required<
    Pick<
      MetricAlarmArgs,
      "alarmDescription" | "threshold" | "evaluationPeriods" | "treatMissingData"
    >
  > & {
    /** @default "GreaterThanOrEqualToThreshold" */
    comparisonOperator?: MetricAlarmArgs["comparisonOperator"];
  };

export interface AlarmContext {
  /** ARNs that are told; empty for members of a composite alarm. */
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
    {
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      datapointsToAlarm: args.evaluationPeriods,
      alarmActions: actions,
      okActions: actions,
      ...args,
    },
    { ...(parent && { parent }) },
  );
}

/** A metric filtered from a log, and the alarm on it. */
export interface LogAlarmArgs {
  name: string;
  /** The service that logs, such as `Api`. */
  service: string;
  /** Name of the metric in the app's namespace. */
  metric: string;
  /** Filter of the lines that count. */
  pattern: string;
  /** What a line adds: a number or a field. */
  value: string;
  unit: "Count" | "Seconds";
  alarm: Omit<AlarmArgs, "namespace" | "metricName">;
}

/** A metric filtered from a log of this stage. */
export const logMetric = (name: string) => ({ namespace: `${$app.name}/${$app.stage}`, name });

/**
 * Creates an alarm on lines of a log.
 *
 * ### Cost
 * $0.10 a month for the alarm, and $0.30 for its metric in a month with matching lines.
 */
export function logAlarm(
  logs: aws.cloudwatch.LogGroup,
  { name, service, metric: metricName, pattern, value, unit, alarm: args }: LogAlarmArgs,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm {
  const metric = logMetric(metricName);
  new aws.cloudwatch.LogMetricFilter(
    `${service}${metricName}`,
    {
      name: `${$app.name}-${$app.stage}-${metricName}`,
      logGroupName: logs.name,
      pattern,
      metricTransformation: { ...metric, value, unit },
    },
    { ...(context.parent && { parent: context.parent }) },
  );
  return alarm(name, { ...args, namespace: metric.namespace, metricName }, context);
}
