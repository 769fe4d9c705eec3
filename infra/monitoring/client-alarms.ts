/// <reference path="../../.sst/platform/config.d.ts" />
import type { AlbTarget } from "sst-ec2";
import { alarm } from "./alarm.ts";
import { SLOW_SECONDS } from "./thresholds.ts";

/**
 * Two more alarms on what clients get, next to the two of `Service`; a rollout watches them as well, and
 * the composite alarm over all four is what people hear of.
 */
export function clientAlarms(name: string, target: AlbTarget): aws.cloudwatch.MetricAlarm[] {
  const metric = { namespace: "AWS/ApplicationELB", period: 60 };
  const silent = { actions: [] };
  const slow = alarm(
    `${name}Slow`,
    {
      ...metric,
      alarmDescription: `One answer of ${name} in a hundred takes ${SLOW_SECONDS} s or more`,
      metricName: "TargetResponseTime",
      dimensions: { LoadBalancer: target.loadBalancerArnSuffix, TargetGroup: target.arnSuffix },
      extendedStatistic: "p99",
      // DynamoDB gives up after 0.8 s, and hashing a password takes less: what is slower has waited
      // for a processor.
      threshold: SLOW_SECONDS,
      // Of few requests the hundredth is the slowest, and one may be. Not three minutes running.
      evaluationPeriods: 3,
      // CloudWatch would else want a thousand requests a minute before it looks.
      evaluateLowSampleCountPercentiles: "evaluate",
      // No requests, no times: nobody waits.
      treatMissingData: "notBreaching",
    },
    silent,
  );
  const balancer = alarm(
    `${name}Balancer`,
    {
      ...metric,
      alarmDescription: `The balancer answers requests for ${name} itself, with 5xx`,
      metricName: "HTTPCode_ELB_5XX_Count",
      dimensions: { LoadBalancer: target.loadBalancerArnSuffix },
      statistic: "Sum",
      // A lost instance costs a few at once; five in each of two minutes is no accident.
      threshold: 5,
      evaluationPeriods: 2,
      // AWS reports it only when there are any.
      treatMissingData: "notBreaching",
    },
    silent,
  );
  return [slow, balancer];
}
