import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import type { Sample } from "../load/load.ts";
import { between, inWords, type Summary, summarise } from "../load/statistics.ts";
import type { Machine } from "../machine.ts";
import { pause, underLoad, type World } from "../world.ts";
import { type Departure, depart } from "./departure.ts";

const RATE = 200;
const BEFORE_SECONDS = 13;
const AFTER_SECONDS = 6;

/**
 * How much slower p99 may get. On EC2 new instances bring their own processors; here up to four machines,
 * the load and the emulators share them. So the bounds catch a mistake, such as requests that wait for a
 * time-out, and not a busy machine.
 */
const SLOWER = 2;
const NOISE_MS = { booting: 1500, draining: 750 };

/** A moment of the replacement, for the chart. */
export interface Moment {
  at: number;
  what: string;
}

export interface Replacement {
  samples: Sample[];
  moments: Moment[];
  before: Summary;
  /** From the power-on of the new instances until both serve. */
  booting: Summary;
  /** From then until the old ones are gone. */
  draining: Summary;
  acknowledged: number;
  departures: Departure[];
  /** The machines that serve now. */
  fresh: Machine[];
}

/** Two instances of a new version replace both under load, without a failed request. */
export async function replace(world: World, old: readonly Machine[]): Promise<Replacement> {
  const { result, load } = await underLoad(world, { rate: RATE }, () => exchange(world, old));
  const { samples, acknowledged, mistakes } = load;
  const [began, served, ended] = result.moments.map(({ at }) => at) as [number, number, number];
  const replacement = {
    ...result,
    samples,
    acknowledged,
    // The first seconds warm the load's own connections up.
    before: summarise(between(samples, began - (BEFORE_SECONDS - 3) * 1000, began)),
    booting: summarise(between(samples, began, served)),
    draining: summarise(between(samples, served, ended)),
  };
  world.report.replacement = replacement;
  for (const phase of ["before", "booting", "draining"] as const) {
    world.steps.note(`${phase}: ${inWords(replacement[phase])}`);
  }
  same(summarise(samples).failures, {}, "failed requests");
  same(mistakes, [], "differences between what was acknowledged and the tables");
  checkTimes(replacement, "booting");
  checkTimes(replacement, "draining");
  return replacement;
}

function checkTimes(replacement: Replacement, phase: "booting" | "draining"): void {
  const before = replacement.before.p99;
  const during = replacement[phase].p99;
  const bound = Math.max(before * SLOWER, before + NOISE_MS[phase]);
  assert.ok(during <= bound, `p99 went from ${before} to ${during} ms while ${phase}`);
}

async function exchange(world: World, old: readonly Machine[]) {
  const moments: Moment[] = [];
  const mark = (what: string) => moments.push({ at: Date.now(), what });
  await pause(world, BEFORE_SECONDS);
  mark("new instances power on");
  const fresh = await Promise.all(
    old.map(async (_, index) => {
      const zone = index === 0 ? "us-east-1a" : "us-east-1b";
      const machine = await world.launch(`new-${index + 1}`, world.stage.after.userData, zone);
      await machine.ready();
      await world.balancer.add(machine);
      await world.balancer.wait(machine, "UP");
      return machine;
    }),
  );
  mark("new instances serve, old ones drain");
  const departures = await Promise.all(old.map((machine) => depart(world, machine)));
  mark("old instances are gone");
  await pause(world, AFTER_SECONDS);
  await checkVersion(world, fresh);
  return { moments, fresh, departures };
}

/** The machines run what the new template names. */
async function checkVersion({ stage, balancer }: World, machines: Machine[]): Promise<void> {
  const hash = stage.after.plan.app.sha256.slice(0, 16);
  for (const machine of machines) {
    const place = await machine.run("readlink /opt/api/app");
    same(place.trim(), `app-${hash}`, `the application on ${machine.name}`);
    const { requests } = await balancer.target(machine);
    assert.ok(requests > 0, `${machine.name} got no request`);
  }
}
