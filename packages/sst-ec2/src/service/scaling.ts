/** When a group grows and shrinks. */
import { ArgumentError } from "../sst/argument-error.ts";
import { transform } from "../sst/transform.ts";
import type { DeployedArgs, ServiceArgs, ServiceScaling } from "./args.ts";

/** Scaling with its defaults. */
export interface ResolvedScaling {
  min: number;
  max: number;
  cpuUtilization: number | false;
  requestCount: number | false;
  steps: { above: number; below: number } | false;
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
  return { min, max, cpuUtilization, requestCount, steps };
}

function check(right: boolean, message: string): asserts right {
  if (!right) throw new ArgumentError(message);
}

/** Policies that keep CPU use or requests at a value, or add and take one instance in steps. */
export function createScalingPolicies(
  name: string,
  args: DeployedArgs,
  scaling: ResolvedScaling,
  group: aws.autoscaling.Group,
  parent: $util.Resource,
): void {
  if (scaling.min === scaling.max) return;
  const policy = (
    suffix: string,
    policyArgs: Omit<aws.autoscaling.PolicyArgs, "autoscalingGroupName">,
  ) =>
    new aws.autoscaling.Policy(
      ...transform(
        args.transform?.scalingPolicy,
        `${name}${suffix}`,
        { autoscalingGroupName: group.name, ...policyArgs },
        { parent },
      ),
    );

  if (scaling.cpuUtilization !== false) {
    policy("KeepCpu", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: scaling.cpuUtilization,
      },
    });
  }
  if (scaling.requestCount !== false && args.target) {
    const { loadBalancerArnSuffix, arnSuffix } = args.target;
    policy("KeepRequests", {
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
  if (scaling.steps) {
    const step = (
      suffix: string,
      change: 1 | -1,
      comparisonOperator: string,
      threshold: number,
    ) => {
      const { arn } = policy(suffix, {
        policyType: "SimpleScaling",
        adjustmentType: "ChangeInCapacity",
        scalingAdjustment: change,
        cooldown: 60,
      });
      new aws.cloudwatch.MetricAlarm(
        ...transform(
          args.transform?.alarm,
          `${$app.name}-${$app.stage}-${name}${suffix}`,
          {
            alarmDescription: `CPU use of ${name} asks for ${change > 0 ? "one instance more" : "one instance less"}`,
            namespace: "AWS/EC2",
            metricName: "CPUUtilization",
            dimensions: { AutoScalingGroupName: group.name },
            statistic: "Average",
            period: 60,
            evaluationPeriods: 1,
            comparisonOperator,
            threshold,
            alarmActions: [arn],
          },
          { parent },
        ),
      );
    };
    step("StepUp", 1, "GreaterThanThreshold", scaling.steps.above);
    step("StepDown", -1, "LessThanThreshold", scaling.steps.below);
  }
}
