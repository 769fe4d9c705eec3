import { chosen, find, type Plan, type Row, shownConnections } from "./compare.ts";
import { type Measurement, measure } from "./measure.ts";
import type { Setting } from "./setting.ts";

/**
 * What a request costs depends on the pace: a server that has 20,000 a second to answer reads and
 * writes many for each turn of its event loop, one that is made to wait for a database does not. So
 * (b) is measured once more while it waits for as long as this API took.
 */
export interface PaceRow {
  scenario: string;
  /** Milliseconds that (b) waits before it answers: the median latency of this API. */
  wait: number;
  waiting: Measurement;
}

/** Measures (b) at the pace of this API, from the connections that are shown side by side. */
export async function comparePace(setting: Setting, plan: Plan, rows: Row[]): Promise<PaceRow[]> {
  const found: PaceRow[] = [];
  const connections = shownConnections(plan);
  for (const scenario of chosen(plan)) {
    const ours = find(rows, scenario.name, "steadfast", connections);
    const wait = Math.max(1, Math.round(ours?.p50 ?? 0));
    const server = await setting.start("fastify", { BENCH_WAIT: String(wait) });
    const load = { connections, requests: scenario.requests(setting.data) };
    await measure(server, setting.generator, { ...load, seconds: plan.warmUp });
    const seconds = plan.rounds * plan.seconds;
    const waiting = await measure(server, setting.generator, { ...load, seconds });
    await server.stop();
    found.push({ scenario: scenario.name, wait, waiting });
  }
  return found;
}
