/// <reference path="../../.sst/platform/config.d.ts" />
import { MEMORY_DIMENSION, MEMORY_METRIC } from "sst-ec2/helpers";
import { MEMORY_NAMESPACE } from "../logs/logs.ts";
import { type AlarmContext, alarm } from "./alarm.ts";
import { CPU_HIGH, MEMORY_HIGH } from "./thresholds.ts";

interface GroupAlarmsArgs {
  /** The service, such as `Api`. */
  name: string;
  group: $util.Input<string>;
  min: number;
  max: number;
}

/** Alarms on the instances' remaining capacity. They fire before clients notice, and only once. */
export function groupAlarms(
  { name, group, min, max }: GroupAlarmsArgs,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  const ofGroup = {
    dimensions: { AutoScalingGroupName: group },
    period: 300,
    // Scaling out takes at most five minutes; a quarter of an hour is a lasting state.
    evaluationPeriods: 3,
    // The group always reports. A gap is AWS's own, so the alarm keeps its state.
    treatMissingData: "ignore",
  };
  const cpu = alarm(
    `${name}Cpu`,
    {
      ...ofGroup,
      alarmDescription: `The instances of ${name} use ${CPU_HIGH} % of their CPU or more`,
      namespace: "AWS/EC2",
      metricName: "CPUUtilization",
      statistic: "Average",
      threshold: CPU_HIGH,
    },
    context,
  );
  const memory = alarm(
    `${name}Memory`,
    {
      ...ofGroup,
      alarmDescription: `An instance of ${name} uses ${MEMORY_HIGH} % of its memory or more, or none reports`,
      namespace: MEMORY_NAMESPACE,
      metricName: MEMORY_METRIC,
      dimensions: { [MEMORY_DIMENSION]: group },
      statistic: "Maximum",
      threshold: MEMORY_HIGH,
      // Missing data means that the agent is gone from every instance, and their logs with it. That
      // is reported as insufficient data, not as an alarm; a new alarm starts in this state
      // silently.
      treatMissingData: "missing",
      insufficientDataActions: context.actions,
    },
    context,
  );
  // A group that cannot grow is always at its maximum.
  if (min === max) return [cpu, memory];
  const atMost = alarm(
    `${name}AtMost`,
    {
      ...ofGroup,
      alarmDescription: `${name} has its most instances, ${max}, and cannot grow`,
      namespace: "AWS/AutoScaling",
      // Desired rather than actual capacity: a rollout exceeds the maximum for a while.
      metricName: "GroupDesiredCapacity",
      statistic: "Minimum",
      threshold: max,
    },
    context,
  );
  return [cpu, memory, atMost];
}
