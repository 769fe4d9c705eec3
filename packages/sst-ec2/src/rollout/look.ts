/** What AWS says of a group now. */
import type {
  AutoScalingClient,
  AutoScalingGroup,
  DesiredConfiguration,
  Instance,
  InstanceRefresh,
} from "@aws-sdk/client-auto-scaling";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { findingsOf } from "./activities.ts";
import type { RolloutState } from "./judge.ts";

/** What a rollout is about. */
export interface Subject {
  /** Name of the Auto Scaling group. */
  group: string;
  /** Region of the group. */
  region: string;
  /** Version of the launch template that is to serve. */
  version: string;
  /** ARN of the target group whose health counts; empty without a balancer. */
  targetGroup: string;
}

/** What a rollout remembers from one look to the next. */
export interface Memory {
  /** ID of its instance refresh, if it needed one. */
  refresh?: string | undefined;
  /** When it began. */
  began: Date;
  /** Version by instance ID, of each instance that was ever seen. */
  versions: Map<string, string>;
  /** What went wrong with an instance that was seen sick: it may be gone at the next look. */
  sick: Map<string, string>;
  /** Since when every instance of the version has been unhealthy. */
  stuckSince?: Date | undefined;
}

/** What a look finds. */
export interface Look extends RolloutState {
  group: AutoScalingGroup;
  /** For how long a quota has let no instance start. */
  quotaSeconds?: number | undefined;
}

/** How long a quota may be in the way: another group's rollout gives back what it took. */
const QUOTA_SECONDS = 300;

/** One look at a rollout; `memory` learns from it. */
export async function look(
  client: AutoScalingClient,
  subject: Subject,
  memory: Memory,
): Promise<Look> {
  const group = await findGroup(client, subject.group);
  const refresh = memory.refresh
    ? await findRefresh(client, {
        AutoScalingGroupName: subject.group,
        InstanceRefreshIds: [memory.refresh],
      })
    : undefined;
  const targets = await targetHealth(subject);
  const { mine, healthy, notes } = sortInstances(group, subject, memory, targets);
  const findings = findingsOf(await activitiesOf(client, subject.group), {
    version: subject.version,
    versions: memory.versions,
    since: refresh?.StartTime ?? memory.began,
    now: new Date(),
  });
  // An instance that is taken out was unhealthy before: it is one, by whichever word was first.
  const problems = new Map([...findings.problems, ...memory.sick]);
  const { quota } = findings;
  return {
    group,
    refresh,
    desired: (group.DesiredCapacity ?? 0) - kept(group, subject.version).length,
    healthy: healthy.length,
    problems: [...problems.values()],
    notes: [...findings.notes, ...notes],
    stuckSeconds: secondsStuck(mine, memory),
    quotaSeconds: quota?.seconds,
    quota: quota && quota.seconds >= QUOTA_SECONDS ? quota.message : undefined,
  };
}

/** Tells the wanted version's instances from the others, and what is to be said of them. */
function sortInstances(
  group: AutoScalingGroup,
  { version }: Subject,
  memory: Memory,
  targets: Map<string, TargetHealthDescription> | undefined,
) {
  const instances = group.Instances ?? [];
  for (const { InstanceId = "", LaunchTemplate } of instances)
    memory.versions.set(InstanceId, LaunchTemplate?.Version ?? "");
  const mine = instances.filter((each) => each.LaunchTemplate?.Version === version);
  for (const each of mine.filter(isSick))
    memory.sick.set(each.InstanceId ?? "", `${each.InstanceId} is unhealthy${why(each, targets)}`);
  const inService = mine.filter((each) => each.LifecycleState === "InService" && !isSick(each));
  const state = ({ InstanceId = "" }: Instance) => targets?.get(InstanceId)?.TargetHealth?.State;
  const healthy = inService.filter((each) => !targets || state(each) === "healthy");
  const failing = inService.filter((each) => state(each) === "unhealthy");
  const notes = [
    ...failing.map(
      (each) => `${each.InstanceId} does not answer as it should${why(each, targets)}`,
    ),
    ...kept(group, version).map(
      ({ InstanceId, LaunchTemplate }) =>
        `${InstanceId} is protected from scale-in and keeps version ${LaunchTemplate?.Version}`,
    ),
    ...instances
      .filter(({ LifecycleState }) => LifecycleState === "Standby")
      .map(({ InstanceId }) => `${InstanceId} is on standby and left alone`),
  ];
  return { mine, healthy, notes };
}

/** Instances of other versions that stay, for somebody protected them. */
function kept(group: AutoScalingGroup, version: string): Instance[] {
  return (group.Instances ?? []).filter(
    (each) =>
      each.ProtectedFromScaleIn &&
      each.LifecycleState === "InService" &&
      each.LaunchTemplate?.Version !== version,
  );
}

/** Whether the group has given it up; it never takes that back. */
export function isSick({ HealthStatus }: Instance): boolean {
  return HealthStatus?.toLowerCase() === "unhealthy";
}

/** What the balancer says of an instance. */
function why(
  { InstanceId = "" }: Instance,
  targets: Map<string, TargetHealthDescription> | undefined,
): string {
  const { Description, Reason } = targets?.get(InstanceId)?.TargetHealth ?? {};
  const said = Description ?? Reason;
  return said ? `: ${said}` : "";
}

function secondsStuck(mine: Instance[], memory: Memory): number {
  if (mine.length === 0 || !mine.every(isSick)) {
    memory.stuckSince = undefined;
    return 0;
  }
  memory.stuckSince ??= new Date();
  return Math.round((Date.now() - memory.stuckSince.getTime()) / 1000);
}

/** @throws when there is none of that name */
export async function findGroup(
  client: AutoScalingClient,
  name: string,
): Promise<AutoScalingGroup> {
  const { DescribeAutoScalingGroupsCommand } = await import("@aws-sdk/client-auto-scaling");
  const named = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const [group] = (await client.send(named)).AutoScalingGroups ?? [];
  if (!group) throw new Error(`There is no Auto Scaling group "${name}".`);
  return group;
}

/** The refresh of an ID, or the latest. */
export async function findRefresh(
  client: AutoScalingClient,
  request: { AutoScalingGroupName: string; InstanceRefreshIds?: string[]; MaxRecords?: number },
): Promise<InstanceRefresh | undefined> {
  const { DescribeInstanceRefreshesCommand } = await import("@aws-sdk/client-auto-scaling");
  const found = await client.send(new DescribeInstanceRefreshesCommand(request));
  return found.InstanceRefreshes?.[0];
}

/** The version of the template that a group launches, or is to; with several instance types it says so elsewhere. */
export function launchedVersion({
  LaunchTemplate,
  MixedInstancesPolicy,
}: DesiredConfiguration | AutoScalingGroup): string | undefined {
  const mixed = MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return (LaunchTemplate ?? mixed)?.Version;
}

async function activitiesOf(client: AutoScalingClient, group: string) {
  const { DescribeScalingActivitiesCommand } = await import("@aws-sdk/client-auto-scaling");
  const latest = new DescribeScalingActivitiesCommand({
    AutoScalingGroupName: group,
    MaxRecords: 100,
  });
  return (await client.send(latest)).Activities ?? [];
}

/** What the balancer says, by instance ID; nothing without one. */
export async function targetHealth({
  region,
  targetGroup,
}: Subject): Promise<Map<string, TargetHealthDescription> | undefined> {
  if (!targetGroup) return undefined;
  const { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } = await import(
    "@aws-sdk/client-elastic-load-balancing-v2"
  );
  const client = new ElasticLoadBalancingV2Client({ region, maxAttempts: 10 });
  const { TargetHealthDescriptions = [] } = await client.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  return new Map(TargetHealthDescriptions.map((each) => [each.Target?.Id ?? "", each]));
}
