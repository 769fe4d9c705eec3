import type { InstanceRefresh } from "@aws-sdk/client-auto-scaling";
import type { Cloud } from "./cloud.ts";
import { findBalancedGroup } from "./deployment.ts";
import { only } from "./expect.ts";

/** How the instance refreshes of the API's group ended, latest first. */
export async function findRefreshes(cloud: Cloud): Promise<(string | undefined)[]> {
  return (await refreshesOf(cloud)).map((each) => each.Status);
}

/** Plain names of the alarms that the latest one was to end by, sorted. */
export async function findWatched(cloud: Cloud): Promise<string[]> {
  const [latest] = await refreshesOf(cloud);
  const names = latest?.Preferences?.AlarmSpecification?.Alarms ?? [];
  return names.map((name) => `${name.split("-").at(-2)}`).sort();
}

/** Least and most instances of the latest one, in percent of those that the group wants. */
export async function findPace(cloud: Cloud): Promise<(number | undefined)[]> {
  const [latest] = await refreshesOf(cloud);
  const { MinHealthyPercentage, MaxHealthyPercentage } = latest?.Preferences ?? {};
  return [MinHealthyPercentage, MaxHealthyPercentage];
}

/** Lets an alarm of the API fire, or be quiet again. */
export async function setAlarm(
  { cloudWatch }: Cloud,
  stage: string,
  alarm: string,
  StateValue: "ALARM" | "OK",
): Promise<void> {
  const AlarmNamePrefix = `steadfast-${stage}-${alarm}-`;
  const { MetricAlarms } = await cloudWatch.describeAlarms({ AlarmNamePrefix });
  const { AlarmName } = only(MetricAlarms, `alarm ${alarm}`);
  const StateReason = "The rehearsal wants it.";
  await cloudWatch.setAlarmState({ AlarmName, StateValue, StateReason });
}

async function refreshesOf(cloud: Cloud): Promise<InstanceRefresh[]> {
  const { AutoScalingGroupName } = await findBalancedGroup(cloud);
  const found = await cloud.autoScaling.describeInstanceRefreshes({ AutoScalingGroupName });
  return found.InstanceRefreshes ?? [];
}
