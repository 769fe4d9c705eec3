/** When a group grows and shrinks. */
import { ArgumentError } from "../sst/argument-error.ts";
import { transform } from "../sst/transform.ts";
import type { AsgArgs, AsgScaling } from "./args.ts";

/**
 * A surge of load: after one minute above `above` percent the group grows by a half, above `far` to three
 * times its size. docs/scale.md of the repository shows what that is worth.
 */
const SURGE = { above: 70, far: 85, add: 50, addFar: 200 };

/** Scaling with its defaults. */
export interface ResolvedScaling {
  min: number;
  max: number;
  cpu: number | false;
  requests: number | false;
  steps: { above: number; below: number } | false;
  surge: boolean;
}

/**
 * Scaling with its defaults, checked.
 *
 * @throws When an argument is wrong; the message says which and what is allowed.
 */
export function resolveScaling(args: AsgArgs): ResolvedScaling {
  const scaling: AsgScaling = args.scaling ?? {};
  const { min = 1, max = min, requests = false, steps = false } = scaling;
  const cpu = scaling.cpu ?? (steps ? false : 60);
  const detailed = args.detailedMonitoring ?? false;
  const surge = scaling.surge ?? (detailed && cpu !== false && cpu < SURGE.above);
  check(
    Number.isInteger(min) && min >= 0,
    `"scaling.min" is ${min}; it must be a whole number, 0 or more.`,
  );
  check(
    Number.isInteger(max) && max >= min && max > 0,
    `"scaling.max" is ${max}; it must be a whole number, at least 1 and not less than "scaling.min" (${min}).`,
  );
  check(
    cpu === false || (cpu > 0 && cpu <= 100),
    `"scaling.cpu" is ${cpu}; it must be a percentage above 0 and up to 100, or false.`,
  );
  check(
    requests === false || requests > 0,
    `"scaling.requests" is ${requests}; it must be a number above 0, or false.`,
  );
  check(
    requests === false || args.target !== undefined || $dev,
    '"scaling.requests" needs "target": without a balancer nobody counts requests.',
  );
  check(
    !steps || !scaling.cpu,
    '"scaling.steps" and "scaling.cpu" would work against each other; choose one.',
  );
  check(
    !steps || (steps.below >= 0 && steps.below < steps.above && steps.above <= 100),
    '"scaling.steps" must have percentages with "below" less than "above".',
  );
  check(
    !surge || detailed,
    '"scaling.surge" needs "detailedMonitoring": without it CPU use is known every five minutes.',
  );
  check(
    !surge || (cpu !== false && cpu < SURGE.above),
    `"scaling.surge" acts above ${SURGE.above} % of CPU use, so it needs "scaling.cpu" to keep less than that.`,
  );
  return { min, max, cpu, requests, steps, surge };
}

function check(right: boolean, message: string): asserts right {
  if (!right) throw new ArgumentError(message);
}

interface Scaled {
  name: string;
  args: AsgArgs;
  group: aws.autoscaling.Group;
  parent: $util.Resource;
}

/** Policies that keep CPU use or requests at a value, meet surges, or add and take one in steps. */
export function createScalingPolicies(
  name: string,
  args: AsgArgs,
  scaling: ResolvedScaling,
  group: aws.autoscaling.Group,
  parent: $util.Resource,
) {
  if (scaling.min === scaling.max) return;
  const scaled = { name, args, group, parent };
  if (scaling.cpu !== false) {
    createPolicy(scaled, "KeepCpu", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: scaling.cpu,
      },
    });
  }
  if (scaling.requests !== false && args.target) {
    const { loadBalancerArnSuffix, arnSuffix } = args.target;
    createPolicy(scaled, "KeepRequests", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: $interpolate`${loadBalancerArnSuffix}/${arnSuffix}`,
        },
        targetValue: scaling.requests,
      },
    });
  }
  if (scaling.surge) createSurge(scaled);
  if (scaling.steps) createSteps(scaled, scaling.steps);
}

/** Target tracking waits for three minutes above its value; whoever comes all at once cannot. */
function createSurge(scaled: Scaled) {
  const policy = createPolicy(scaled, "Surge", {
    policyType: "StepScaling",
    adjustmentType: "PercentChangeInCapacity",
    minAdjustmentMagnitude: 1,
    metricAggregationType: "Average",
    stepAdjustments: [
      {
        metricIntervalLowerBound: "0",
        metricIntervalUpperBound: `${SURGE.far - SURGE.above}`,
        scalingAdjustment: SURGE.add,
      },
      {
        metricIntervalLowerBound: `${SURGE.far - SURGE.above}`,
        scalingAdjustment: SURGE.addFar,
      },
    ],
  });
  createCpuAlarm(scaled, "Surge", policy, {
    alarmDescription: `CPU use of ${scaled.name} asks for more instances at once`,
    comparisonOperator: "GreaterThanThreshold",
    threshold: SURGE.above,
    treatMissingData: "notBreaching",
  });
}

function createSteps(scaled: Scaled, { above, below }: { above: number; below: number }) {
  const step = (
    suffix: string,
    change: 1 | -1,
    alarm: Pick<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator" | "threshold">,
  ) => {
    const policy = createPolicy(scaled, suffix, {
      policyType: "SimpleScaling",
      adjustmentType: "ChangeInCapacity",
      scalingAdjustment: change,
      cooldown: 60,
    });
    createCpuAlarm(scaled, suffix, policy, {
      alarmDescription: `CPU use of ${scaled.name} asks for ${change > 0 ? "one instance more" : "one instance less"}`,
      ...alarm,
    });
  };
  step("StepUp", 1, { comparisonOperator: "GreaterThanThreshold", threshold: above });
  step("StepDown", -1, { comparisonOperator: "LessThanThreshold", threshold: below });
}

function createPolicy(
  { name, args, group, parent }: Scaled,
  suffix: string,
  policyArgs: Omit<aws.autoscaling.PolicyArgs, "autoscalingGroupName">,
) {
  return new aws.autoscaling.Policy(
    ...transform(
      args.transform?.scalingPolicy,
      `${name}${suffix}`,
      { autoscalingGroupName: group.name, ...policyArgs },
      { parent },
    ),
  );
}

/** An alarm on a minute's CPU use of the group, by which a policy acts. */
function createCpuAlarm(
  { name, args, group, parent }: Scaled,
  suffix: string,
  policy: aws.autoscaling.Policy,
  alarm: Pick<
    aws.cloudwatch.MetricAlarmArgs,
    "alarmDescription" | "comparisonOperator" | "threshold" | "treatMissingData"
  >,
) {
  new aws.cloudwatch.MetricAlarm(
    ...transform(
      args.transform?.alarm,
      `${$app.name}-${$app.stage}-${name}${suffix}`,
      {
        namespace: "AWS/EC2",
        metricName: "CPUUtilization",
        dimensions: { AutoScalingGroupName: group.name },
        statistic: "Average",
        period: 60,
        evaluationPeriods: 1,
        alarmActions: [policy.arn],
        ...alarm,
      } as aws.cloudwatch.MetricAlarmArgs,
      { parent },
    ),
  );
}
