import assert from "node:assert/strict";
import type { InstanceRefresh } from "@aws-sdk/client-auto-scaling";
import { findTemplate } from "../../checks/deployment.ts";
import { only, present, same } from "../../checks/expect.ts";
import { inWords, summarise } from "../load/statistics.ts";
import type { Machine } from "../machine.ts";
import { healthInGroup, terminate } from "../membership.ts";
import { pause, underLoad, until, type World } from "../world.ts";
import { bundled } from "./broken.ts";

/** Enough crashing instances to end a rollout if they ran its version. */
const CRASHING = 3;
const FRESH = 2;
const ZONES = ["us-east-1a", "us-east-1b"];

/**
 * The running version crashes at its start: every instance is unhealthy, and alarms fire. A real `sst
 * deploy` of the next version rolls out all the same. This function does AWS's part: it terminates the
 * unhealthy instances and launches new ones.
 *
 * @param serving Machines to remove first.
 */
export async function replaceCrashing(world: World, serving: readonly Machine[]): Promise<string> {
  const { stage } = world;
  await leave(world, serving);
  const sick = await launchCrashing(world);
  const alarms = watchedAlarms(await latestRefresh(world));
  await setAlarms(world, alarms, "ALARM");
  try {
    const deploy = stage.deploy("mended");
    const [said, fresh] = await Promise.all([deploy, replaceEach(world, sick)]).catch(
      async (error) => {
        // Nobody else waits for it.
        await deploy.catch(() => {});
        throw error;
      },
    );
    assert.match(said, /of the running version are sick; no alarm stops this rollout/);
    assert.match(said, new RegExp(`${FRESH} of ${FRESH} instances serve`));
    const refresh = await latestRefresh(world);
    same(refresh.Status, "Successful", "the instance refresh");
    same(watchedAlarms(refresh), [], "alarms that it watched");
    return `${alarms.length} alarms fired and ${sick.length} sick instances went; ${await serves(world, fresh)}`;
  } finally {
    await setAlarms(world, alarms, "OK");
  }
}

/** Removes machines, and detaches those that the group still lists. */
async function leave({ stage, balancer }: World, machines: readonly Machine[]): Promise<void> {
  for (const machine of machines) {
    await balancer.drain(machine, 20);
    await balancer.remove(machine);
    await machine.remove();
  }
  const { group } = stage.after;
  const { AutoScalingGroups } = await stage.cloud.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [present(group.AutoScalingGroupName, "the group's name")],
  });
  const { Instances = [], AutoScalingGroupName } = only(AutoScalingGroups, "group");
  await stage.cloud.autoScaling.detachInstances({
    AutoScalingGroupName,
    InstanceIds: Instances.map(({ InstanceId = "" }) => InstanceId),
    ShouldDecrementDesiredCapacity: false,
  });
}

/** Launches instances of the crashing version, and waits until they report themselves unhealthy. */
async function launchCrashing(world: World): Promise<Machine[]> {
  const userData = await bundled(world.stage, "crashes");
  const machines = await Promise.all(
    Array.from({ length: CRASHING }, async (_, index) => {
      const zone = ZONES[index % ZONES.length] as string;
      const machine = await world.launch(`crashing-${index + 1}`, userData, zone);
      await world.balancer.add(machine);
      return machine;
    }),
  );
  await Promise.all(
    machines.map((machine) =>
      until(world, 120, `${machine.name} gives itself up`, async () =>
        (await healthInGroup(world.stage, machine)) === "UNHEALTHY" ? true : undefined,
      ),
    ),
  );
  await tellTargets(world, machines, "unhealthy");
  return machines;
}

/** AWS's part in a refresh: terminates unhealthy instances and launches the new version. */
async function replaceEach(world: World, sick: readonly Machine[]): Promise<Machine[]> {
  const refresh = await until(world, 300, "a refresh begins", async () => {
    const latest = await latestRefresh(world);
    return /^(Pending|InProgress)$/.test(latest.Status ?? "") ? latest : undefined;
  });
  const { userData } = await findTemplate(
    world.stage.cloud,
    present(refresh.DesiredConfiguration, "what the refresh is to bring"),
  );
  const [fresh] = await Promise.all([
    Promise.all(Array.from({ length: FRESH }, (_, index) => launchFresh(world, userData, index))),
    (async () => {
      for (const machine of sick) {
        await terminateSick(world, machine);
        await pause(world, 2);
      }
    })(),
  ]);
  await tellTargets(world, fresh, "healthy");
  return fresh;
}

async function launchFresh(world: World, userData: string, index: number): Promise<Machine> {
  const machine = await world.launch(`mended-${index + 1}`, userData, ZONES[index] as string);
  await machine.ready();
  await world.balancer.add(machine);
  await world.balancer.wait(machine, "UP");
  return machine;
}

/** Terminates an instance, and completes its hook, which a service that never ran does not. */
async function terminateSick({ stage, balancer }: World, machine: Machine): Promise<void> {
  const { autoScaling } = stage.cloud;
  const { AutoScalingGroupName } = stage.after.group;
  await terminate(stage, machine);
  await balancer.remove(machine);
  await machine.remove();
  const { LifecycleHooks } = await autoScaling.describeLifecycleHooks({ AutoScalingGroupName });
  const { LifecycleHookName } = only(LifecycleHooks, "hook of the group");
  const LifecycleActionResult = "CONTINUE";
  await autoScaling.completeLifecycleAction({
    ...{ AutoScalingGroupName, InstanceId: machine.id, LifecycleHookName, LifecycleActionResult },
  });
}

/** The fresh ones answer every request. */
async function serves(world: World, fresh: readonly Machine[]): Promise<string> {
  const { load } = await underLoad(world, { rate: 50 }, () => pause(world, 5));
  const summary = summarise(load.samples);
  same(summary.failures, {}, "failed requests after the rollout");
  same(load.mistakes, [], "differences between what was acknowledged and the tables");
  for (const machine of fresh)
    assert.ok((await world.balancer.target(machine)).requests > 0, `${machine.name} got none`);
  return `after it ${inWords(summary)}`;
}

/** Sets the health of targets in the emulator to that of the balancer here. */
async function tellTargets(
  { stage }: World,
  machines: readonly Machine[],
  state: "healthy" | "unhealthy",
): Promise<void> {
  await stage.control({ targets: Object.fromEntries(machines.map(({ id }) => [id, state])) });
}

async function latestRefresh({ stage }: World): Promise<InstanceRefresh> {
  const { AutoScalingGroupName } = stage.after.group;
  const found = await stage.cloud.autoScaling.describeInstanceRefreshes({
    AutoScalingGroupName,
    MaxRecords: 1,
  });
  return present(found.InstanceRefreshes?.[0], "an instance refresh");
}

function watchedAlarms({ Preferences }: InstanceRefresh): string[] {
  return Preferences?.AlarmSpecification?.Alarms ?? [];
}

async function setAlarms(
  { stage }: World,
  names: readonly string[],
  StateValue: "ALARM" | "OK",
): Promise<void> {
  const StateReason = "The rehearsal wants it.";
  for (const AlarmName of names)
    await stage.cloud.cloudWatch.setAlarmState({ AlarmName, StateValue, StateReason });
}
