import { MEMORY_DIMENSION, MEMORY_METRIC } from "sst-ec2/helpers";
import { MEMORY_NAMESPACE } from "../logs/logs.ts";
import { type AlarmContext, alarm } from "./alarm.ts";
import { CPU_HIGH, MEMORY_HIGH } from "./thresholds.ts";

interface GroupAlarmsArgs {
  /** Such as `Api`. */
  name: string;
  group: $util.Input<string>;
  min: number;
  max: number;
}

/** Alarms on the instances' remaining capacity. */
export function groupAlarms(
  { name, group, min, max }: GroupAlarmsArgs,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  const ofGroup = {
    dimensions: { AutoScalingGroupName: group },
    period: 300,
    // Scaling out takes at most five minutes.
    evaluationPeriods: 3,
    // The group always reports. A gap is AWS's own.
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
      // The agent is gone from every instance: insufficient data, in which a new alarm starts
      // silently.
      treatMissingData: "missing",
      insufficientDataActions: context.actions,
    },
    context,
  );
  // Otherwise the group is always at its maximum.
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
