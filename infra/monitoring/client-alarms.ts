import type { AlbTarget } from "sst-ec2";
import { alarm } from "./alarm.ts";
import { SLOW_SECONDS } from "./thresholds.ts";

/**
 * What clients experience, besides the two alarms of `Service`. A rollout watches them; people are
 * told by the composite alarm over all four.
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
      // DynamoDB calls end after 0.8 s: slower answers waited for a CPU.
      threshold: SLOW_SECONDS,
      // With few requests, p99 is the slowest one.
      evaluationPeriods: 3,
      // By default CloudWatch only evaluates with a thousand requests a minute.
      evaluateLowSampleCountPercentiles: "evaluate",
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
      // A lost instance causes a few at once.
      threshold: 5,
      evaluationPeriods: 2,
      // AWS reports it only when there are any.
      treatMissingData: "notBreaching",
    },
    silent,
  );
  return [slow, balancer];
}
