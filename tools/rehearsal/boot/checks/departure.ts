import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import { stateInGroup, terminate } from "../membership.ts";
import { pause, until, type World } from "../world.ts";
import { checkLogFile } from "./log-file.ts";
import { type Drain, Probe, readDrain, send } from "./probe.ts";

/** The service's stop times, as systemd on the instance has them. */
export interface StopTimes {
  drain: number;
  shutdown: number;
  /** After which systemd kills. */
  unit: number;
}

/** Observations of an instance that the group terminates. */
export interface Departure extends StopTimes, Drain {
  /** Seconds from the group's decision to the completed hook. */
  seconds: number;
}

/** Reads the stop times of the running unit; they must leave room for one another. */
export async function readStopTimes(machine: Machine): Promise<StopTimes> {
  const environment = await machine.property("api@1.service", "Environment");
  const seconds = (name: string) =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(environment)?.[1] ?? Number.NaN);
  const unit = await machine.run(
    "systemctl show --property TimeoutStopUSec --value api@1.service | systemd-analyze timespan - 2>/dev/null || " +
      'systemd-analyze timespan "$(systemctl show --property TimeoutStopUSec --value api@1.service)"',
  );
  const times = {
    drain: seconds("DRAIN_SECONDS"),
    shutdown: seconds("SHUTDOWN_SECONDS"),
    unit: Number(/μs: (\d+)/.exec(unit)?.[1]) / 1e6,
  };
  assert.ok(
    times.unit > times.drain + times.shutdown,
    `the unit's stop time-out must be longer than drain and shutdown: ${JSON.stringify(times)}`,
  );
  return times;
}

/**
 * The group terminates an instance, as in an instance refresh or a scale-in: the balancer deregisters it,
 * the metadata service announces it, and the hook waits for the instance.
 */
export async function depart(world: World, machine: Machine): Promise<Departure> {
  const times = await readStopTimes(machine);
  const probe = new Probe(machine);
  const began = Date.now();
  await terminate(world.stage, machine);
  same(
    await stateInGroup(world.stage, machine),
    "Terminating:Wait",
    "state before the hook is completed",
  );
  const [upload] = await Promise.all([
    uploadOverTheEnd(world, machine, probe, times),
    machine.lifecycle("Terminated"),
    deregistrationDelay(world).then((delay) => world.balancer.drain(machine, delay)),
    until(world, times.unit + 30, `${machine.name} completes its lifecycle hook`, async () =>
      (await stateInGroup(world.stage, machine)) === "Terminated" ? true : undefined,
    ),
  ]);
  const seconds = (Date.now() - began) / 1000;
  // The port is closed now.
  await pause(world, 1);
  const drain = readDrain(await probe.stop());
  checkDrain(machine, times, drain);
  same(upload.statusCode, 201, "a request whose body ended after the drain");
  same(upload.headers.connection, "close", "its connection");
  await checkLogFile(machine);
  await machine.stop();
  await world.balancer.remove(machine);
  return { ...times, ...drain, seconds };
}

function checkDrain({ name }: Machine, { drain }: StopTimes, signs: Drain) {
  assert.ok(
    signs.servedSeconds >= drain - 1,
    `${name} served on for ${signs.servedSeconds} s of the ${drain} s of its drain`,
  );
  assert.ok(signs.answers > drain, `${name} gave only ${signs.answers} answers while it drained`);
  // Each connection has one answer at most that was on its way when the drain began.
  assert.ok(signs.kept <= 2, `${signs.kept} answers of ${name} in the drain kept their connection`);
  same(signs.end, "ECONNREFUSED", `${name}'s port after the drain`);
}

/** A request that begins just before the drain ends and whose body arrives after it. */
async function uploadOverTheEnd(world: World, { url }: Machine, probe: Probe, times: StopTimes) {
  const began = await until(world, 30, "readiness fails", async () => {
    return probe.signs.find(({ outcome }) => outcome === 503)?.at;
  });
  await pause(world, (began + (times.drain - 2) * 1000 - Date.now()) / 1000);
  const user = JSON.stringify({
    name: "Late",
    login: `late-${randomUUID()}`,
    password: "correct horse battery",
  });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(user),
  };
  const parts = [user.slice(0, 10), user.slice(10)];
  return send(`${url}/users/`, { method: "POST", headers }, { parts, pauseSeconds: 4 });
}

async function deregistrationDelay({ stage }: World): Promise<number> {
  const { Attributes = [] } = await stage.cloud.balancing.describeTargetGroupAttributes({
    TargetGroupArn: stage.after.targetGroup.TargetGroupArn,
  });
  const delay = Attributes.find((each) => each.Key === "deregistration_delay.timeout_seconds");
  return Number(delay?.Value);
}
