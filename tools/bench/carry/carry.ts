import { setTimeout as sleep } from "node:timers/promises";
import type { Setting } from "../setting.ts";
import { type Instance, startInstance, VCPUS } from "./instance.ts";
import { highest } from "./search.ts";
import { type Carried, carry } from "./visits.ts";

/**
 * What an instance is held to. Baseline: what a T4g may use all day without paying for more.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 * Memory: the service's half of what Linux has of 1 and 2 GiB, as `docs/operations.md` shares it out.
 */
export const HOLDS = [
  { name: "t4g.micro, its baseline", vcpus: VCPUS * 0.1, memoryMib: 458 },
  { name: "t4g.small, its baseline", vcpus: VCPUS * 0.2, memoryMib: 920 },
  { name: "either, bursting, on one of two vCPUs", vcpus: 1, memoryMib: 458 },
] as const;

export interface CarryRow extends Carried {
  name: string;
  vcpus: number;
  memoryMib: number;
}

export interface CarryPlan {
  /** Length of a try, and of the run at the rate that was found. */
  seconds: number;
  steady: number;
}

/** Before an instance is held: what compiles its code is not of every day. */
const WARM_UP = { visits: 60, seconds: 12 };

/** CPU time of an everyday visit, about: where the search begins. */
const VISIT = 0.004;

/** Tries at most to hold a rate for longer, each at 0.85 of the one before. */
const STEADY_TRIES = 4;

/** Milliseconds at most until what was too much is over. */
const REST = 60_000;

/**
 * The highest steady rate of everyday visits that each share of a machine carries.
 * @param onRows Called with all rows so far.
 */
export async function measureCarrying(
  setting: Setting,
  plan: CarryPlan,
  onRows: (rows: CarryRow[]) => Promise<void>,
): Promise<CarryRow[]> {
  const rows: CarryRow[] = [];
  for (const { name, ...share } of HOLDS) {
    const instance = await startInstance(setting, share.memoryMib);
    try {
      console.info(`  ${name}: warming up`);
      await carry(instance, setting.folder, WARM_UP);
      await instance.hold(share.vcpus);
      const found = await search(setting, instance, share.vcpus, plan);
      rows.push({ name, ...share, ...found });
      await onRows(rows);
    } finally {
      await instance.stop();
    }
  }
  return rows;
}

async function search(
  { folder }: Setting,
  instance: Instance,
  vcpus: number,
  { seconds, steady }: CarryPlan,
): Promise<Carried> {
  let last: Carried | undefined;
  const attempt = async (visits: number, length: number) => {
    last = await carry(instance, folder, { visits, seconds: length });
    console.info(`  ${describe(last)}`);
    if (!last.held) await rest(instance);
    return last;
  };
  let visits = await highest((0.4 * vcpus) / VISIT, async (rate) => {
    return (await attempt(rate, seconds)).held;
  });
  // What holds for some seconds need not hold for longer.
  for (let tries = 0; visits > 0 && tries < STEADY_TRIES; tries++) {
    const carried = await attempt(visits, steady);
    if (carried.held) return carried;
    visits = Math.floor(0.85 * visits);
  }
  return last as Carried;
}

/** Waits until what was too much is over. */
async function rest(instance: Instance): Promise<void> {
  const end = Date.now() + REST;
  for (let quiet = 0; quiet < 3 && Date.now() < end; await sleep(500)) {
    const before = await instance.cpu();
    await sleep(500);
    quiet = (await instance.cpu()) - before < 0.02 ? quiet + 1 : 0;
  }
}

function describe({ visits, requests, held, busy, machine, p99 }: Carried): string {
  const numbers = `${requests.toFixed(0)} requests/s, p99 ${p99.toFixed(0)} ms, ${busy.toFixed(2)} vCPUs`;
  const verdict = held ? "held" : "not held";
  return `${visits} visits/s: ${verdict}; ${numbers}, the machine ${(100 * machine).toFixed(0)} % busy`;
}
