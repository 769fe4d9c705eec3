/// <reference path="../../.sst/platform/config.d.ts" />
/**
 * Makes a deploy wait for what it started. AWS calls an instance refresh done when it begins; here a
 * deploy ends when the new version serves, or fails with the reason why it does not.
 *
 * Pulumi runs the provider's functions in another process. They may use plain arguments, functions
 * of this file and `await import("package")`, nothing else from outside.
 */
import type { Activity, AutoScalingClient, InstanceRefresh } from "@aws-sdk/client-auto-scaling";

/** Plain values, as the other process gets them. */
export interface RolloutInputs {
  /** Name of the Auto Scaling group. */
  group: string;
  /** Region of the group. */
  region: string;
  /** Version of the launch template that is to serve. */
  version: string;
  /** ARN of the target group whose health counts; empty without a balancer. */
  targetGroup: string;
  /** Seconds after which the rollout has failed. */
  timeoutSeconds: number;
}

/** One look at the group. */
export interface RolloutState {
  /** The newest instance refresh, if it leads to the wanted version. */
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

/** Follows a rollout whenever the launch template has a new version, and does nothing otherwise. */
const provider: $util.dynamic.ResourceProvider<RolloutInputs, RolloutInputs> = {
  async create(inputs) {
    await follow(inputs);
    return { id: `${inputs.group}-rollout`, outs: inputs };
  },
  async update(_id, _before, inputs) {
    await follow(inputs);
    return { outs: inputs };
  },
};

/**
 * Polls until the wanted version serves, and prints what changes.
 *
 * @param pollMilliseconds Time between two looks.
 * @param deployBegan When this deploy began, in milliseconds. A refresh that failed before it belongs to an
 * earlier deploy, and is asked for again. By default, when Pulumi started this process.
 * @throws When it was rolled back, cancelled, failed or took too long, with the reason and where to look.
 */
export async function follow(
  inputs: RolloutInputs,
  pollMilliseconds = 5000,
  deployBegan = Date.now() - process.uptime() * 1000,
): Promise<void> {
  const { AutoScalingClient } = await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({ region: inputs.region });
  await retry(client, inputs, deployBegan);
  const began = Date.now();
  for (let said = ""; ; ) {
    const verdict = judge(await look(client, inputs, deployBegan));
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

/** Asks once more for a refresh that failed in an earlier deploy. */
async function retry(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  deployBegan: number,
): Promise<void> {
  const { StartInstanceRefreshCommand } = await import("@aws-sdk/client-auto-scaling");
  const last = await latestRefresh(client, inputs);
  const ended = last?.EndTime?.getTime();
  if (!last || last.Status === "Successful" || ended === undefined || ended >= deployBegan) return;
  console.info(
    `${inputs.group}: version ${inputs.version} failed before (${last.Status}), trying again`,
  );
  await client.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: inputs.group,
      DesiredConfiguration: last.DesiredConfiguration,
      Preferences: last.Preferences,
    }),
  );
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

async function look(
  client: AutoScalingClient,
  inputs: RolloutInputs,
  deployBegan: number,
): Promise<RolloutState> {
  const { DescribeAutoScalingGroupsCommand } = await import("@aws-sdk/client-auto-scaling");
  const named = { AutoScalingGroupNames: [inputs.group] };
  const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand(named));
  const [group] = AutoScalingGroups;
  if (!group) throw new Error(explain(inputs, "there is no such group"));
  const refresh = await latestRefresh(client, inputs);
  const serving = await servingInstances(inputs);
  const current = (group.Instances ?? []).filter(
    (each) =>
      each.LifecycleState === "InService" &&
      each.HealthStatus === "Healthy" &&
      each.LaunchTemplate?.Version === inputs.version &&
      (serving === undefined || serving.has(each.InstanceId ?? "")),
  );
  const since = refresh?.StartTime ?? new Date(deployBegan);
  return {
    refresh,
    desired: group.DesiredCapacity ?? 0,
    healthy: current.length,
    problems: await problemsSince(client, inputs.group, since),
  };
}

/** The newest refresh, if it leads to the wanted version; a group of several instance types says so elsewhere. */
async function latestRefresh(
  client: AutoScalingClient,
  { group, version }: RolloutInputs,
): Promise<InstanceRefresh | undefined> {
  const { DescribeInstanceRefreshesCommand } = await import("@aws-sdk/client-auto-scaling");
  const { InstanceRefreshes = [] } = await client.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 1 }),
  );
  const [refresh] = InstanceRefreshes;
  const wanted = refresh?.DesiredConfiguration;
  const template =
    wanted?.LaunchTemplate ??
    wanted?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return template?.Version === version ? refresh : undefined;
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
