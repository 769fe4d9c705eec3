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
  Activity,
  AutoScalingClient,
  AutoScalingGroup,
  DesiredConfiguration,
  InstanceRefresh,
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
  refresh?: InstanceRefresh | undefined;
  /** How many instances the group wants. */
  desired: number;
  /** How many instances of the wanted version serve. */
  healthy: number;
  /** What went wrong with instances of this rollout, the latest first. */
  problems: string[];
}

/** What a look means: go on waiting, done, or failed and perhaps to be rolled back. */
export type Verdict =
  | { outcome: "done" | "wait"; progress: string }
  | { outcome: "failed"; reason: string; rollBack: boolean };

/**
 * What a look at the group means: pure, so that every case can be tested.
 *
 * @example
 * ```ts
 * judge({ desired: 2, healthy: 1, problems: [] }); // { outcome: "wait", progress: "1 of 2 instances serve" }
 * ```
 */
export function judge({ refresh, desired, healthy, problems }: RolloutState): Verdict {
  const status = refresh?.Status ?? "none";
  if (["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"].includes(status)) {
    const why = refresh?.StatusReason?.replace(/\.$/, "") ?? "AWS gave no reason";
    const reason = [
      `instance refresh ${refresh?.InstanceRefreshId}: ${status}: ${why}`,
      ...problems.slice(0, 1),
    ];
    return { outcome: "failed", reason: reason.join("; "), rollBack: false };
  }
  // One instance may have bad luck; three did not. Once AWS turns back, its own end is waited for.
  const turningBack = /^(Cancelling|Rollback)/.test(status);
  if (problems.length >= 3 && !turningBack) {
    return {
      outcome: "failed",
      reason: `${problems.length} instances failed, the last: ${problems[0]}`,
      rollBack: true,
    };
  }
  const served = `${healthy} of ${desired} instances serve${problems[0] ? ` (${problems[0]})` : ""}`;
  if (status !== "none" && status !== "Successful") {
    return {
      outcome: "wait",
      progress: `instance refresh ${status}, ${refresh?.PercentageComplete ?? 0} %; ${served}`,
    };
  }
  return { outcome: healthy >= desired ? "done" : "wait", progress: served };
}

/** Rolls out whenever an input changes, and does nothing otherwise. A failure is not recorded: the next deploy tries again. */
const provider: $util.dynamic.ResourceProvider<RolloutInputs, RolloutInputs> = {
  async create(inputs) {
    await rollOut(inputs);
    return { id: `${inputs.group}-rollout`, outs: inputs };
  },
  async update(_id, before, inputs) {
    await rollOut(inputs, { changed: before.desired !== inputs.desired });
    return { outs: inputs };
  },
};

/**
 * Starts an instance refresh where one is needed, and polls until the wanted version serves.
 *
 * @param options.changed Whether the group is to launch something else than before, even if the
 * template's version is the same.
 * @param options.pollMilliseconds Time between two looks.
 * @throws When it was rolled back, cancelled, failed or took too long, with the reason and where to look.
 */
export async function rollOut(
  inputs: RolloutInputs,
  { changed = false, pollMilliseconds = 5000 } = {},
): Promise<void> {
  const { AutoScalingClient } = await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({ region: inputs.region });
  const began = Date.now();
  const needed = changed || launchedVersion(await findGroup(client, inputs)) !== inputs.version;
  const refresh = needed ? await startRefresh(client, inputs, pollMilliseconds) : undefined;
  for (let said = ""; ; ) {
    const verdict = judge(await look(client, inputs, { refresh, began }));
    const seconds = Math.round((Date.now() - began) / 1000);
    if (verdict.outcome === "failed") {
      const end = verdict.rollBack ? await rollBack(client, inputs.group) : "";
      throw new Error(explain(inputs, verdict.reason + end));
    }
    if (verdict.progress !== said)
      console.info(`${inputs.group}: ${verdict.progress} after ${seconds} s`);
    said = verdict.progress;
    if (verdict.outcome === "done") return;
    if (seconds >= inputs.timeoutSeconds) {
      const end = await rollBack(client, inputs.group);
      throw new Error(explain(inputs, `not done within ${inputs.timeoutSeconds} s: ${said}${end}`));
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

function explain({ group, region, version }: RolloutInputs, reason: string): string {
  const instance = /i-[0-9a-f]+/.exec(reason)?.[0] ?? "<instance>";
  return [
    `Version ${version} of "${group}" does not serve: ${reason}.`,
    `What the instance said: aws ec2 get-console-output --latest --output text --region ${region} --instance-id ${instance}`,
    `What the group did:     aws autoscaling describe-scaling-activities --region ${region} --auto-scaling-group-name ${group}`,
  ].join("\n");
}

/**
 * Starts a refresh and returns its ID. One that is under way, from a deploy that was interrupted, is
 * followed if it leads to the wanted version, else ended.
 */
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
    const turningBack = /^(Cancelling|Rollback)/.test(active.Status ?? "");
    const { DesiredConfiguration: wanted } = active;
    if (!turningBack && wanted && launchedVersion(wanted) === inputs.version)
      return active.InstanceRefreshId;
    if (!turningBack) await client.send(new CancelInstanceRefreshCommand(group));
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
  const DesiredConfiguration = JSON.parse(inputs.desired);
  const Preferences = JSON.parse(inputs.preferences);
  const { InstanceRefreshId } = await client.send(
    new StartInstanceRefreshCommand({ ...group, DesiredConfiguration, Preferences }),
  );
  return InstanceRefreshId;
}

/** The refresh that is under way, if any: a group never has more than one. */
async function activeRefresh(
  client: AutoScalingClient,
  group: string,
): Promise<InstanceRefresh | undefined> {
  const latest = await findRefresh(client, { AutoScalingGroupName: group, MaxRecords: 1 });
  const ended = ["Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"];
  return latest && !ended.includes(latest.Status ?? "") ? latest : undefined;
}

async function findRefresh(
  client: AutoScalingClient,
  request: { AutoScalingGroupName: string; InstanceRefreshIds?: string[]; MaxRecords?: number },
): Promise<InstanceRefresh | undefined> {
  const { DescribeInstanceRefreshesCommand } = await import("@aws-sdk/client-auto-scaling");
  const found = await client.send(new DescribeInstanceRefreshesCommand(request));
  return found.InstanceRefreshes?.[0];
}

/** The version of the template that a group launches, or is to; with several instance types it says so elsewhere. */
function launchedVersion({
  LaunchTemplate,
  MixedInstancesPolicy,
}: DesiredConfiguration | AutoScalingGroup): string | undefined {
  const mixed = MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return (LaunchTemplate ?? mixed)?.Version;
}

async function rollBack(client: AutoScalingClient, group: string): Promise<string> {
  const { RollbackInstanceRefreshCommand } = await import("@aws-sdk/client-auto-scaling");
  try {
    await client.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group }));
    return "; it is being rolled back";
  } catch (error) {
    // On a first deployment there is nothing to go back to.
    if ((error as Error).name.startsWith("ActiveInstanceRefreshNotFound")) return "";
    return `; it cannot be rolled back: ${(error as Error).message}`;
  }
}

async function findGroup(
  client: AutoScalingClient,
  inputs: RolloutInputs,
): Promise<AutoScalingGroup> {
  const { DescribeAutoScalingGroupsCommand } = await import("@aws-sdk/client-auto-scaling");
  const named = { AutoScalingGroupNames: [inputs.group] };
  const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand(named));
  const [group] = AutoScalingGroups;
  if (!group) throw new Error(explain(inputs, "there is no such group"));
  return group;
}

async function look(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  { refresh: id, began }: { refresh: string | undefined; began: number },
): Promise<RolloutState> {
  const group = await findGroup(client, inputs);
  const refresh = id
    ? await findRefresh(client, { AutoScalingGroupName: inputs.group, InstanceRefreshIds: [id] })
    : undefined;
  const serving = await servingInstances(inputs);
  const current = (group.Instances ?? []).filter(
    (each) =>
      each.LifecycleState === "InService" &&
      each.HealthStatus === "Healthy" &&
      each.LaunchTemplate?.Version === inputs.version &&
      (serving === undefined || serving.has(each.InstanceId ?? "")),
  );
  const since = refresh?.StartTime ?? new Date(began);
  return {
    refresh,
    desired: group.DesiredCapacity ?? 0,
    healthy: current.length,
    problems: await problemsSince(client, inputs.group, since),
  };
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
  const healthy = TargetHealthDescriptions.filter((each) => each.TargetHealth?.State === "healthy");
  return new Set(healthy.map((each) => each.Target?.Id ?? ""));
}

async function problemsSince(
  client: AutoScalingClient,
  group: string,
  since: Date,
): Promise<string[]> {
  const { DescribeScalingActivitiesCommand } = await import("@aws-sdk/client-auto-scaling");
  const { Activities = [] } = await client.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 20 }),
  );
  return Activities.filter(({ StartTime }) => StartTime && StartTime >= since).flatMap((each) =>
    problemOf(each),
  );
}

/** A launch that failed, or an instance that was taken out because it was sick. */
function problemOf({
  StatusCode,
  StatusMessage,
  Description = "",
  Cause = "",
}: Activity): string[] {
  if (StatusCode === "Failed") return [`${Description}: ${StatusMessage}`];
  const sick = /^Terminating/.test(Description) && /health.?check/i.exec(Cause);
  const instance = /i-[0-9a-f]+/.exec(Description)?.[0];
  return sick && instance
    ? [`${instance} was taken out: ${Cause.replace(/^At \S+ /, "").replace(/\.$/, "")}`]
    : [];
}

/**
 * A resource that is there when a version of a group's launch template serves.
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
