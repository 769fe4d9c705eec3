/** Starts, replaces and ends the instance refreshes of a rollout. */
import type {
  AutoScalingClient,
  AutoScalingGroup,
  InstanceRefresh,
  RefreshPreferences,
} from "@aws-sdk/client-auto-scaling";
import { isTurningBack } from "./judge.ts";
import {
  findGroup,
  findRefresh,
  isSick,
  launchedVersion,
  type Subject,
  targetHealth,
} from "./look.ts";
import { askForMore, describeRoom, findRoom, launchedKinds, paceOf, roomFor } from "./quota.ts";

/** A refresh that a rollout may ask for. */
export interface RefreshRequest extends Subject {
  /** What the group is to launch, with that version: `DesiredConfiguration` as JSON. */
  desired: string;
  /** How instances are replaced: `RefreshPreferences` as JSON. */
  preferences: string;
  /** Types of instances that the group may launch. */
  instanceTypes: string[];
  /** How many instances must serve even where the account's vCPU quota has no room for one more. */
  leastServing: number;
}

/**
 * Starts a refresh and returns its ID. One that is under way, from a deploy that was interrupted, is
 * followed if it leads to the wanted version, else ended.
 *
 * @param options.fits More instances for which there is room, where that is known already.
 * @throws when the quota has no room for a replacement.
 */
export async function startRefresh(
  client: AutoScalingClient,
  request: RefreshRequest,
  options: { pollMilliseconds: number; fits?: number; follow?: boolean },
): Promise<string | undefined> {
  const { StartInstanceRefreshCommand } = await import("@aws-sdk/client-auto-scaling");
  const followed = await endActive(client, request, options);
  if (followed) return followed;
  const group = await findGroup(client, request.group);
  const asked: RefreshPreferences = JSON.parse(request.preferences);
  const Preferences = {
    ...asked,
    ...(await pace(group, request, asked, options.fits)),
    ...(await alarms(group, request, asked)),
  };
  try {
    const { InstanceRefreshId } = await client.send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName: request.group,
        DesiredConfiguration: JSON.parse(request.desired),
        Preferences,
      }),
    );
    return InstanceRefreshId;
  } catch (error) {
    // The answer was lost, and the client has asked again: the refresh is under way.
    if (!(error as Error).name.startsWith("InstanceRefreshInProgress")) throw error;
    return (await activeRefresh(client, request.group))?.InstanceRefreshId;
  }
}

/** Waits until nothing is under way; the ID of a refresh that leads to where this one would. */
async function endActive(
  client: AutoScalingClient,
  { group, version }: Subject,
  { pollMilliseconds, follow = true }: { pollMilliseconds: number; follow?: boolean },
): Promise<string | undefined> {
  const { CancelInstanceRefreshCommand } = await import("@aws-sdk/client-auto-scaling");
  for (;;) {
    const active = await activeRefresh(client, group);
    if (!active) return undefined;
    const { DesiredConfiguration: wanted } = active;
    if (follow && !isTurningBack(active) && wanted && launchedVersion(wanted) === version)
      return active.InstanceRefreshId;
    if (!isTurningBack(active))
      await client
        .send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: group }))
        .catch(unlessEnded);
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

/** It may have ended since it was seen, or by a request whose answer was lost. */
function unlessEnded(error: Error): void {
  if (!error.name.startsWith("ActiveInstanceRefreshNotFound")) throw error;
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

/** How many instances at a time, by what the quota leaves. */
async function pace(
  group: AutoScalingGroup,
  request: RefreshRequest,
  asked: RefreshPreferences,
  known: number | undefined,
): Promise<Pick<RefreshPreferences, "MinHealthyPercentage" | "MaxHealthyPercentage">> {
  const { region } = request;
  const room = await findRoom(region, launchedKinds(group, request.instanceTypes));
  const found = paceOf({
    desired: group.DesiredCapacity ?? 0,
    asked: [asked.MinHealthyPercentage ?? 100, asked.MaxHealthyPercentage ?? 200],
    leastServing: request.leastServing,
    fits: known ?? (room && roomFor(room)),
  });
  const because = room
    ? describeRoom(room, region)
    : "the account's vCPU quota has no room for one instance more";
  if (!found) {
    const more = room ? `. Ask AWS for more: ${askForMore(room, region, 2)}` : "";
    throw new Error(
      `Version ${request.version} of "${request.group}" cannot be rolled out: ${because}, and ` +
        `${request.leastServing} must serve meanwhile${more}`,
    );
  }
  if (found.note) console.info(`${request.group}: ${because}; ${found.note}`);
  return { MinHealthyPercentage: found.min, MaxHealthyPercentage: found.max };
}

/**
 * The alarms to watch: those that speak of the new version. One that fires already speaks of the version
 * that runs, and while instances of that one are sick any alarm may: they would stop the very rollout
 * that mends it.
 */
async function alarms(
  group: AutoScalingGroup,
  request: RefreshRequest,
  { AlarmSpecification }: RefreshPreferences,
): Promise<Pick<RefreshPreferences, "AlarmSpecification">> {
  const names = AlarmSpecification?.Alarms ?? [];
  if (names.length === 0) return {};
  const sick = await sickInstances(group, request);
  const firing = sick.length > 0 ? names : await firingAlarms(request.region, names);
  if (firing.length === 0) return {};
  const why =
    sick.length > 0
      ? `${sick.join(", ")} of the running version ${sick.length > 1 ? "are" : "is"} sick`
      : `${firing.join(", ")} ${firing.length > 1 ? "fire" : "fires"} already`;
  const watched = names.filter((name) => !firing.includes(name));
  console.info(
    `${request.group}: ${why}; ` +
      `${watched.length > 0 ? `only ${watched.join(", ")} can stop` : "no alarm stops"} this rollout`,
  );
  // Without the key; AWS takes no empty list of alarms.
  return { AlarmSpecification: watched.length > 0 ? { Alarms: watched } : undefined };
}

async function sickInstances(group: AutoScalingGroup, subject: Subject): Promise<string[]> {
  const targets = await targetHealth(subject);
  return (group.Instances ?? [])
    .filter(({ LaunchTemplate }) => LaunchTemplate?.Version !== subject.version)
    .filter(({ LifecycleState }) => LifecycleState === "InService")
    .filter(
      (each) =>
        isSick(each) || targets?.get(each.InstanceId ?? "")?.TargetHealth?.State === "unhealthy",
    )
    .map(({ InstanceId = "" }) => InstanceId);
}

async function firingAlarms(region: string, names: string[]): Promise<string[]> {
  const { CloudWatchClient, DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
  const asked = new DescribeAlarmsCommand({
    AlarmNames: names,
  });
  const { MetricAlarms = [] } = await new CloudWatchClient({ region }).send(asked);
  return MetricAlarms.filter(({ StateValue }) => StateValue === "ALARM").flatMap(
    ({ AlarmName }) => AlarmName ?? [],
  );
}

/** Turns back, and says how that went: the end of the sentence that says why. */
export async function rollBack(client: AutoScalingClient, group: string): Promise<string> {
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
