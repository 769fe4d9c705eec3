/** When a group grows and shrinks. */
import { check } from "../sst/argument-error.ts";
import { transform } from "../sst/transform.ts";
import type { DeployedArgs, ServiceArgs, ServiceScaling } from "./args.ts";

/**
 * A surge of load: after one minute above `above` percent the group grows by a half, above `far` to three
 * times its size. docs/scale.md of the repository shows what that is worth.
 */
const SURGE = { above: 70, far: 85, add: 50, addFar: 200 };

/** Scaling with its defaults. */
export interface ResolvedScaling {
  min: number;
  max: number;
  cpuUtilization: number | false;
  requestCount: number | false;
  steps: { above: number; below: number } | false;
  surge: boolean;
}

/**
 * Scaling with its defaults, checked.
 *
 * @throws When an argument is wrong; the message says which and what is allowed.
 */
export function resolveScaling(args: ServiceArgs): ResolvedScaling {
  const scaling: ServiceScaling = args.scaling ?? {};
  const { min = 1, max = min, requestCount = false, steps = false } = scaling;
  const cpuUtilization = scaling.cpuUtilization ?? (steps ? false : 60);
  const detailed = args.detailedMonitoring ?? false;
  const calm = cpuUtilization !== false && cpuUtilization < SURGE.above;
  const surge = scaling.surge ?? (detailed && calm);
  check(
    Number.isInteger(min) && min >= 0,
    `"scaling.min" is ${min}; it must be a whole number, 0 or more.`,
  );
  check(
    Number.isInteger(max) && max >= min && max > 0,
    `"scaling.max" is ${max}; it must be a whole number, at least 1 and not less than "scaling.min" (${min}).`,
  );
  check(
    cpuUtilization === false || (cpuUtilization > 0 && cpuUtilization <= 100),
    `"scaling.cpuUtilization" is ${cpuUtilization}; it must be a percentage above 0 and up to 100, or false.`,
  );
  check(
    requestCount === false || requestCount > 0,
    `"scaling.requestCount" is ${requestCount}; it must be a number above 0, or false.`,
  );
  check(
    requestCount === false || args.loadBalancer !== undefined || $dev,
    '"scaling.requestCount" needs "loadBalancer": without a balancer nobody counts requests.',
  );
  check(
    !steps || !scaling.cpuUtilization,
    '"scaling.steps" and "scaling.cpuUtilization" would work against each other; choose one.',
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
    !surge || calm,
    `"scaling.surge" acts above ${SURGE.above} % of CPU use, so it needs "scaling.cpuUtilization" to keep less than that.`,
  );
  return { min, max, cpuUtilization, requestCount, steps, surge };
}

interface Scaled {
  name: string;
  args: DeployedArgs;
  group: aws.autoscaling.Group;
  parent: $util.Resource;
}

/** Policies that keep CPU use or requests at a value, meet surges, or add and take one in steps. */
export function createScalingPolicies(
  name: string,
  args: DeployedArgs,
  scaling: ResolvedScaling,
  group: aws.autoscaling.Group,
  parent: $util.Resource,
): void {
  if (scaling.min === scaling.max) return;
  const scaled = { name, args, group, parent };
  if (scaling.cpuUtilization !== false) {
    createPolicy(scaled, "KeepCpu", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: scaling.cpuUtilization,
      },
    });
  }
  if (scaling.requestCount !== false && args.target) {
    const { loadBalancerArnSuffix, arnSuffix } = args.target;
    createPolicy(scaled, "KeepRequests", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: $interpolate`${loadBalancerArnSuffix}/${arnSuffix}`,
        },
        targetValue: scaling.requestCount,
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
