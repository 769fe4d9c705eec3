import { type Measurement, measure, median } from "./measure.ts";
import type { Server } from "./processes.ts";
import { startSlowProxy } from "./proxies.ts";
import { scenarios } from "./scenarios.ts";
import type { Setting } from "./setting.ts";

/** What is studied, by its option of the database, and what that is set to. */
export const STUDIES = {
  /** How many batches should be under way at once. */
  flush: { option: "parallel", values: [1, 2, 4, 16] },
  /** How many keys a batch should have at most. */
  size: { option: "keys", values: [10, 25, 50, 100] },
} as const;

export type StudyName = keyof typeof STUDIES;

/** How this API does with an option set so, and so slow a database. */
export interface StudyRow extends Measurement {
  value: number;
  latency: number;
  connections: number;
}

const LATENCIES = [0, 2, 10];
const CONNECTIONS = [1, 8, 64, 256];

/** Finds what an option should be, by reading users. */
export async function study(
  setting: Setting,
  name: StudyName,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<StudyRow[]> {
  const { option, values } = STUDIES[name];
  const requests = scenarios[0]?.requests(setting.data) ?? [];
  const rows: StudyRow[] = [];
  for (const latency of LATENCIES) {
    const proxy = latency > 0 ? await startSlowProxy(setting.endpoint, latency) : undefined;
    const endpoint = proxy?.endpoint ?? setting.endpoint;
    const servers = new Map<number, Server>();
    for (const value of values) {
      const server = await setting.start("steadfast", {
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        BENCH_DATABASE: JSON.stringify({ [option]: value }),
      });
      await measure(server, setting.generator, { connections: 64, seconds: 2, requests });
      servers.set(value, server);
    }
    for (const connections of CONNECTIONS) {
      const measured = new Map<number, Measurement[]>();
      for (let round = 0; round < rounds; round++) {
        for (const [value, server] of servers) {
          const load = { connections, seconds, requests };
          const result = await measure(server, setting.generator, load);
          measured.set(value, [...(measured.get(value) ?? []), result]);
        }
      }
      for (const [value, results] of measured) {
        rows.push({ value, latency, connections, ...median(results) });
      }
      console.info(`  ${latency} ms, ${connections} connections`);
    }
    await Promise.all([...servers.values()].map((server) => server.stop()));
    proxy?.stop();
  }
  return rows;
}
