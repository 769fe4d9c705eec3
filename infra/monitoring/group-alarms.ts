/// <reference path="../../.sst/platform/config.d.ts" />
import { MEMORY_DIMENSION, MEMORY_METRIC, MEMORY_NAMESPACE } from "../agent/config.ts";
import { type AlarmContext, alarm } from "./alarm.ts";
import { CPU_HIGH, MEMORY_HIGH } from "./thresholds.ts";

interface GroupAlarmsArgs {
  /** The service, such as `Api`. */
  name: string;
  group: $util.Input<string>;
  min: number;
  max: number;
}

/** Alarms on what the instances have left. They speak before clients notice, and wake nobody twice. */
export function groupAlarms(
  { name, group, min, max }: GroupAlarmsArgs,
  context: AlarmContext,
): aws.cloudwatch.MetricAlarm[] {
  const ofGroup = {
    dimensions: { AutoScalingGroupName: group },
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    period: 300,
    // Scaling out takes five minutes at most; a quarter of an hour is a state, not a step.
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    // The group reports at all times. A gap is AWS's own and says nothing: the alarm stays as it is.
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
      // Where nothing reports, the agent is gone from every instance, and with it their logs. That is
      // no alarm but told as what it is; a new alarm begins in this state and says nothing.
      treatMissingData: "missing",
      insufficientDataActions: context.actions,
    },
    context,
  );
  // A group that cannot grow is always at its most.
  if (min === max) return [cpu, memory];
  const atMost = alarm(
    `${name}AtMost`,
    {
      ...ofGroup,
      alarmDescription: `${name} has its most instances, ${max}, and cannot grow`,
      namespace: "AWS/AutoScaling",
      // What is wanted, not what is there: a rollout has more than the most for a while.
      metricName: "GroupDesiredCapacity",
      statistic: "Minimum",
      threshold: max,
    },
    context,
  );
  return [cpu, memory, atMost];
}
