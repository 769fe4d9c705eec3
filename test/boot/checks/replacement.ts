import assert from "node:assert/strict";
import type { Machine } from "../../../scripts/rehearse-boot/machine.ts";
import { same } from "../../rehearsal/expect.ts";
import type { Sample } from "../load/load.ts";
import { between, inWords, type Summary, summarise } from "../load/statistics.ts";
import { pause, underLoad, type World } from "../world.ts";
import { type Departure, depart } from "./departure.ts";

const RATE = 200;
const BEFORE_SECONDS = 15;
const AFTER_SECONDS = 10;

/**
 * How much slower the slowest hundredth may be while everything is exchanged. Twice is what the
 * service should keep to; here two machines boot on the processors that the others serve with, so
 * this bound catches only a mistake, such as requests that wait for a time-out.
 */
const SLOWER = 2;
const NOISE_MS = 500;

/** A moment of the replacement, for the chart. */
export interface Moment {
  at: number;
  what: string;
}

export interface Replacement {
  samples: Sample[];
  moments: Moment[];
  before: Summary;
  during: Summary;
  acknowledged: number;
  departures: Departure[];
  /** The machines that serve now. */
  fresh: Machine[];
}

/** Both instances are replaced by two of a new version, under load, and nobody notices. */
export async function replace(world: World, old: readonly Machine[]): Promise<Replacement> {
  const { result, load } = await underLoad(world, { rate: RATE }, () => exchange(world, old));
  const { moments, fresh, departures } = result;
  const began = moments[0]?.at ?? 0;
  const ended = moments.at(-1)?.at ?? 0;
  const before = summarise(between(load.samples, began - (BEFORE_SECONDS - 3) * 1000, began));
  const during = summarise(between(load.samples, began, ended));
  world.report.replacement = {
    samples: load.samples,
    moments,
    before,
    during,
    acknowledged: load.acknowledged,
    departures,
    fresh,
  };
  world.steps.note(`before: ${inWords(before)}`);
  world.steps.note(`during: ${inWords(during)}`);
  same(summarise(load.samples).failures, {}, "failed requests");
  same(load.mistakes, [], "differences between what was acknowledged and the tables");
  const bound = Math.max(before.p99 * SLOWER, before.p99 + NOISE_MS);
  assert.ok(during.p99 <= bound, `p99 went from ${before.p99} to ${during.p99} ms`);
  return world.report.replacement;
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

/** What runs is what the new template names. */
async function checkVersion({ stage, balancer }: World, machines: Machine[]): Promise<void> {
  const hash = stage.after.plan.app.sha256.slice(0, 16);
  for (const machine of machines) {
    const place = await machine.run("readlink /opt/api/app");
    same(place.trim(), `app-${hash}`, `the application on ${machine.name}`);
    const { requests } = await balancer.target(machine);
    assert.ok(requests > 0, `${machine.name} got no request`);
  }
}
