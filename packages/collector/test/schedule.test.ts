import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { every } from "../src/schedule.ts";

const INTERVAL = 50;

/** Runs until this many calls are done. @returns the time of the next call that each received */
async function run(calls: number, work: (call: number) => Promise<unknown>): Promise<number[]> {
  const stopping = new AbortController();
  const moments: number[] = [];
  await every(INTERVAL, stopping.signal, async (next) => {
    moments.push(next);
    await work(moments.length);
    if (moments.length === calls) stopping.abort();
  });
  return moments;
}

const multiples = (moments: number[]) =>
  moments.map((moment) => (moment - (moments[0] as number)) / INTERVAL);

it("stays on the multiples of the interval, however long calls take", async () => {
  const moments = await run(6, (call) => sleep(call * 13));
  for (const multiple of multiples(moments)) {
    expect(multiple).toBeCloseTo(Math.round(multiple), 6);
  }
});

it("leaves out the moments that pass during a call, and does not catch up", async () => {
  const ends: number[] = [];
  const moments = await run(4, async (call) => {
    if (call === 2) await sleep(INTERVAL * 3.5);
    ends.push(performance.now());
  });
  const [, second = 0, third = 0] = multiples(moments);
  // Rounded, because floating-point sums may be slightly off.
  expect(Math.round(third - second)).toBeGreaterThanOrEqual(4);
  // The third call began after the end of the second.
  expect((moments[2] as number) - INTERVAL).toBeGreaterThanOrEqual(ends[1] as number);
});

it("never runs two calls at once", async () => {
  let running = 0;
  await run(5, async () => {
    running += 1;
    expect(running).toBe(1);
    await sleep(INTERVAL * 1.5);
    running -= 1;
  });
});

it("ends at once when it is told to, in the middle of a wait", async () => {
  const stopping = new AbortController();
  const loop = every(3_600_000, stopping.signal, async () => {});
  await sleep(10);
  stopping.abort();
  await loop;
});
