import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import { between, inWords, summarise } from "../load/statistics.ts";
import type { Machine } from "../machine.ts";
import { pause, underLoad, type World } from "../world.ts";

const RATE = 50;

/** Milliseconds until a client gives up. */
const PATIENCE = 5000;

/** Most seconds during which a dead instance gets requests. */
const MOST_SECONDS = 12;

/**
 * One instance loses power under load. Only requests that reached it before the balancer noticed may fail;
 * the other keeps serving, and no acknowledged write is lost.
 */
export async function cutPower(world: World, victim: Machine, other: Machine): Promise<string> {
  const load = { rate: RATE, timeout: PATIENCE };
  const { result, load: seen } = await underLoad(world, load, async () => {
    await pause(world, 3);
    const cut = Date.now();
    await victim.kill();
    await world.balancer.wait(victim, "DOWN");
    const out = Date.now();
    await pause(world, 8);
    return { cut, out };
  });
  const { cut, out } = result;
  const { samples, mistakes } = seen;
  same(mistakes, [], "differences between what was acknowledged and the tables");
  same(summarise(between(samples, 0, cut - 1000)).failures, {}, "failed requests before the cut");
  same(summarise(between(samples, out + 500, Number.POSITIVE_INFINITY)).failures, {}, "after it");
  const meanwhile = summarise(between(samples, cut, out));
  // The stand-in sends every second request to the dead one; the rest has to succeed.
  const share = meanwhile.failed / meanwhile.requests;
  assert.ok(share < 0.6, `${Math.round(share * 100)} % failed: ${inWords(meanwhile)}`);
  same((await world.balancer.target(other)).state, "UP", "the other instance");
  const seconds = ((out - cut) / 1000).toFixed(1);
  // From the first failed request on: a busy machine takes a while to cut the power.
  const failed = samples.filter(({ ok }) => !ok).map(({ at }) => at);
  const longest = failed.length > 0 ? (Math.max(...failed) - Math.min(...failed)) / 1000 : 0;
  assert.ok(longest <= MOST_SECONDS, `the dead instance was sent requests for ${longest} s`);
  return `out after ${seconds} s; until then ${inWords(meanwhile)}`;
}
