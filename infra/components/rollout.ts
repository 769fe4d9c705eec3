/// <reference path="../../.sst/platform/config.d.ts" />
/**
 * Brings a version of a launch template into service, and makes the deploy wait for it: a deploy ends
 * when the new version serves, or fails with the reason why it does not.
 *
 * The refresh is started here and not by the group's own `instanceRefresh`, for two reasons. The AWS
 * provider gives the group the new version first and refreshes then, so that a rollback, which goes
 * back to what the group had when the refresh began, would end at the broken version again
 * (hashicorp/terraform-provider-aws issue 34189). And the provider calls a refresh done when it begins.
 *
 * Pulumi runs the provider's functions in another process. They may use plain arguments, functions
 * of this file and `await import("package")`, nothing else from outside.
 */
import type {
  AutoScalingClient,
  AutoScalingGroup,
  DesiredConfiguration,
  InstanceRefresh,
  RefreshPreferences,
} from "@aws-sdk/client-auto-scaling";

/** Plain values, as the other process gets them. */
export interface RolloutInputs {
  /** Name of the Auto Scaling group. */
  group: string;
  /** Region of the group. */
  region: string;
  /** Version of the launch template that is to serve. */
  version: string;
  /** What the group is to launch, with that version: `DesiredConfiguration` as JSON. */
  desired: string;
  /** How instances are replaced: `RefreshPreferences` as JSON. */
  preferences: string;
  /** ARN of the target group whose health counts; empty without a balancer. */
  targetGroup: string;
  /** Seconds after which the rollout has failed. */
  timeoutSeconds: number;
}

/** One look at the group. */
export interface RolloutState {
  /** The instance refresh of this rollout, if it needed one. */
  refresh?:
    | Pick<InstanceRefresh, "InstanceRefreshId" | "Status" | "StatusReason" | "PercentageComplete">
    | undefined;
  /** How many instances the group wants. */
  desired: number;
  /** How many instances of the wanted version serve. */
  healthy: number;
  /** Why the last launch or health check failed, if it did. */
  problem?: string | undefined;
}

export type Verdict =
  | { outcome: "done" | "wait"; progress: string }
  | { outcome: "failed"; reason: string };

/**
 * What a look at the group means: pure, so that every case can be tested.
 *
 * @example
 * ```ts
 * judge({ desired: 2, healthy: 1 }); // { outcome: "wait", progress: "1 of 2 instances healthy" }
 * ```
 */
export function judge({ refresh, desired, healthy, problem }: RolloutState): Verdict {
  const status = refresh?.Status;
  const hint = problem ? ` (${problem})` : "";
  if (
    status === "Failed" ||
    status === "Cancelled" ||
    status === "RollbackSuccessful" ||
    status === "RollbackFailed"
  ) {
    const why = refresh?.StatusReason ?? "no reason given";
    return {
      outcome: "failed",
      reason: `instance refresh ${refresh?.InstanceRefreshId}: ${status}: ${why}${hint}`,
    };
  }
  const served = `${healthy} of ${desired} instances healthy`;
  if (status && status !== "Successful") {
    return {
      outcome: "wait",
      progress: `instance refresh ${status}, ${refresh?.PercentageComplete ?? 0} %, ${served}${hint}`,
    };
  }
  if (healthy >= desired) return { outcome: "done", progress: served };
  return { outcome: "wait", progress: `${served}${hint}` };
}

const provider: $util.dynamic.ResourceProvider<RolloutInputs, RolloutInputs> = {
  async create(inputs) {
    await rollOut(inputs);
    return { id: `${inputs.group}-rollout`, outs: inputs };
  },
  async update(_id, before, inputs) {
    await rollOut(inputs, before.desired !== inputs.desired);
    return { outs: inputs };
  },
};

/**
 * Starts an instance refresh where one is needed, and follows it until the wanted version serves.
 *
 * A failed rollout is not recorded, so that the next deploy tries again.
 *
 * @param changed Whether the group is to launch something else than before, even if its version is the same.
 * @throws When it was rolled back, cancelled, failed or took too long, with the reason and where to look.
 */
export async function rollOut(
  inputs: RolloutInputs,
  changed = false,
  pollMilliseconds = 5000,
): Promise<void> {
  const { AutoScalingClient } = await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({ region: inputs.region });
  const needed = changed || groupVersion(await findGroup(client, inputs)) !== inputs.version;
  const refresh = needed ? await startRefresh(client, inputs, pollMilliseconds) : undefined;
  await follow(client, inputs, refresh, pollMilliseconds);
}

/** Starts a refresh, or takes on one that an interrupted deploy started; ends one that leads elsewhere. */
async function startRefresh(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  pollMilliseconds: number,
): Promise<string | undefined> {
  const { CancelInstanceRefreshCommand, StartInstanceRefreshCommand } = await import(
    "@aws-sdk/client-auto-scaling"
  );
  const group = { AutoScalingGroupName: inputs.group };
  for (;;) {
    const active = await activeRefresh(client, inputs.group);
    if (!active) break;
    if (configuredVersion(active.DesiredConfiguration ?? {}) === inputs.version)
      return active.InstanceRefreshId;
    if (active.Status === "Pending" || active.Status === "InProgress")
      await client.send(new CancelInstanceRefreshCommand(group));
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
  const desired: DesiredConfiguration = JSON.parse(inputs.desired);
  const preferences: RefreshPreferences = JSON.parse(inputs.preferences);
  const { InstanceRefreshId } = await client.send(
    new StartInstanceRefreshCommand({
      ...group,
      DesiredConfiguration: desired,
      Preferences: preferences,
    }),
  );
  return InstanceRefreshId;
}

/** The refresh that is under way, if any; there is never more than one. */
async function activeRefresh(
  client: AutoScalingClient,
  group: string,
): Promise<InstanceRefresh | undefined> {
  const { DescribeInstanceRefreshesCommand } = await import("@aws-sdk/client-auto-scaling");
  const { InstanceRefreshes = [] } = await client.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 1 }),
  );
  const ended = ["Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"];
  return InstanceRefreshes.find((each) => !ended.includes(each.Status ?? ""));
}

/** Polls until the wanted version serves. */
async function follow(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  refreshId: string | undefined,
  pollMilliseconds: number,
): Promise<void> {
  const began = Date.now();
  let said = "";
  for (;;) {
    const verdict = judge(await look(client, inputs, refreshId));
    const seconds = Math.round((Date.now() - began) / 1000);
    if (verdict.outcome === "failed") throw new Error(explain(inputs, verdict.reason));
    if (verdict.progress !== said) {
      said = verdict.progress;
      console.info(`${inputs.group}: ${said} after ${seconds} s`);
    }
    if (verdict.outcome === "done") return;
    if (seconds >= inputs.timeoutSeconds) {
      const rolledBack = await rollBack(client, inputs.group);
      throw new Error(
        explain(inputs, `not done within ${inputs.timeoutSeconds} s: ${said}${rolledBack}`),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

function explain({ group, region, version }: RolloutInputs, reason: string): string {
  return [
    `The rollout of version ${version} to "${group}" failed: ${reason}.`,
    `Why: aws ec2 get-console-output --latest --output text --region ${region} --instance-id <one of the instances in the activities below>`,
    `     aws autoscaling describe-scaling-activities --region ${region} --auto-scaling-group-name ${group}`,
  ].join("\n");
}

async function rollBack(client: AutoScalingClient, group: string): Promise<string> {
  const { RollbackInstanceRefreshCommand } = await import("@aws-sdk/client-auto-scaling");
  try {
    await client.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group }));
    return "; it is being rolled back";
  } catch {
    // There is nothing to go back to on a first deployment, or the refresh has just ended.
    return "";
  }
}

async function look(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  refreshId: string | undefined,
): Promise<RolloutState> {
  const group = await findGroup(client, inputs);
  const serving = await servingInstances(inputs);
  const current = (group.Instances ?? []).filter(
    (each) =>
      each.LifecycleState === "InService" &&
      each.HealthStatus === "Healthy" &&
      each.LaunchTemplate?.Version === inputs.version &&
      (serving === undefined || serving.has(each.InstanceId ?? "")),
  );
  return {
    refresh: refreshId ? await findRefresh(client, inputs.group, refreshId) : undefined,
    desired: group.DesiredCapacity ?? 0,
    healthy: current.length,
    problem: await lastProblem(client, inputs.group),
  };
}

async function findGroup(
  client: AutoScalingClient,
  inputs: RolloutInputs,
): Promise<AutoScalingGroup> {
  const { DescribeAutoScalingGroupsCommand } = await import("@aws-sdk/client-auto-scaling");
  const { AutoScalingGroups = [] } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [inputs.group] }),
  );
  const [group] = AutoScalingGroups;
  if (!group) throw new Error(explain(inputs, "the group does not exist"));
  return group;
}

async function findRefresh(
  client: AutoScalingClient,
  group: string,
  id: string,
): Promise<InstanceRefresh | undefined> {
  const { DescribeInstanceRefreshesCommand } = await import("@aws-sdk/client-auto-scaling");
  const { InstanceRefreshes = [] } = await client.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, InstanceRefreshIds: [id] }),
  );
  return InstanceRefreshes[0];
}

/** The template's version that a group launches. */
function groupVersion(group: AutoScalingGroup): string | undefined {
  const { LaunchTemplate, MixedInstancesPolicy } = group;
  return configuredVersion({ LaunchTemplate, MixedInstancesPolicy });
}

/** The template's version in what is launched; a group of several instance types says it elsewhere. */
function configuredVersion(wanted: DesiredConfiguration): string | undefined {
  return (
    wanted.LaunchTemplate ??
    wanted.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification
  )?.Version;
}

async function servingInstances({
  region,
  targetGroup,
}: RolloutInputs): Promise<Set<string> | undefined> {
  if (!targetGroup) return undefined;
  const { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } = await import(
    "@aws-sdk/client-elastic-load-balancing-v2"
  );
  const client = new ElasticLoadBalancingV2Client({ region });
  const { TargetHealthDescriptions = [] } = await client.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  return new Set(
    TargetHealthDescriptions.filter((each) => each.TargetHealth?.State === "healthy").map(
      (each) => each.Target?.Id ?? "",
    ),
  );
}

async function lastProblem(client: AutoScalingClient, group: string): Promise<string | undefined> {
  const { DescribeScalingActivitiesCommand } = await import("@aws-sdk/client-auto-scaling");
  const { Activities = [] } = await client.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 1 }),
  );
  const [last] = Activities;
  return last?.StatusCode === "Failed" || last?.StatusCode === "Cancelled"
    ? last.StatusMessage
    : undefined;
}

/**
 * A resource that is there when a version of a group's launch template serves. It does its work
 * whenever one of its inputs changes, and nothing otherwise.
 *
 * @example
 * ```ts
 * new Rollout("ApiRollout", { group: group.name, region, version, targetGroup: "", timeoutSeconds: 1200 });
 * ```
 */
export class Rollout extends $util.dynamic.Resource {
  constructor(
    name: string,
    args: { [Key in keyof RolloutInputs]: $util.Input<RolloutInputs[Key]> },
    opts?: $util.CustomResourceOptions,
  ) {
    super(provider, name, args, opts);
  }
}
