/// <reference path="../../.sst/platform/config.d.ts" />
/** Alarms that roll a rollout back. */
import type { AlbTarget } from "./alb-args.ts";
import type { AsgArgs } from "./asg-args.ts";
import { transform } from "./transform.ts";

/**
 * Two alarms on what a service's clients see:
 * - errors: in two minutes running, five answers or more and over 5 % of all were 5xx;
 * - sick: an instance was unhealthy for three minutes running. A new one may be so while it starts,
 *   for less than that.
 */
export function createRolloutAlarms(
  name: string,
  args: AsgArgs,
  target: AlbTarget,
  parent: $util.Resource,
) {
  const dimensions = { LoadBalancer: target.loadBalancerArnSuffix, TargetGroup: target.arnSuffix };
  const alarm = (
    suffix: string,
    alarmArgs: Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator">,
  ) =>
    new aws.cloudwatch.MetricAlarm(
      ...transform(
        args.transform?.alarm,
        `${$app.name}-${$app.stage}-${name}${suffix}`,
        {
          alarmActions: args.alarmActions ?? [],
          okActions: args.alarmActions ?? [],
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          treatMissingData: "notBreaching",
          ...alarmArgs,
        },
        { parent },
      ),
    );
  const sum = (id: string, metricName: string) => ({
    id,
    metric: { namespace: "AWS/ApplicationELB", metricName, stat: "Sum", period: 60, dimensions },
  });

  const errors = alarm("Errors", {
    alarmDescription: `Over 5 % of ${name}'s answers are 5xx`,
    evaluationPeriods: 2,
    threshold: 5,
    metricQueries: [
      {
        id: "rate",
        expression: "IF(errors >= 5, 100 * errors / requests, 0)",
        label: "5xx in percent",
        returnData: true,
      },
      sum("errors", "HTTPCode_Target_5XX_Count"),
      sum("requests", "RequestCount"),
    ],
  });
  const sick = alarm("Sick", {
    alarmDescription: `An instance of ${name} is unhealthy`,
    namespace: "AWS/ApplicationELB",
    metricName: "UnHealthyHostCount",
    dimensions,
    statistic: "Minimum",
    period: 60,
    evaluationPeriods: 3,
    threshold: 1,
  });
  return [errors, sick];
}
