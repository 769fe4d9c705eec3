import { type Measurement, measure, median } from "./measure.ts";
import type { Server } from "./processes.ts";
import { startSlowProxy } from "./proxies.ts";
import { scenarios } from "./scenarios.ts";
import type { Setting } from "./setting.ts";

/** How this API does with so many batches under way at once, and so slow a database. */
export interface StudyRow extends Measurement {
  parallel: number;
  latency: number;
  connections: number;
}

const PARALLEL = [1, 2, 4, 16];
const LATENCIES = [0, 2, 10];
const CONNECTIONS = [1, 8, 64, 256];

/** Finds how many batches should be under way at once, by reading users. */
export async function studyFlush(
  setting: Setting,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<StudyRow[]> {
  const requests = scenarios[0]?.requests(setting.data) ?? [];
  const rows: StudyRow[] = [];
  for (const latency of LATENCIES) {
    const proxy = latency > 0 ? await startSlowProxy(setting.endpoint, latency) : undefined;
    const endpoint = proxy?.endpoint ?? setting.endpoint;
    const servers = new Map<number, Server>();
    for (const parallel of PARALLEL) {
      const server = await setting.start("steadfast", {
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        BENCH_DATABASE: JSON.stringify({ parallel }),
      });
      await measure(server, setting.generator, { connections: 64, seconds: 2, requests });
      servers.set(parallel, server);
    }
    for (const connections of CONNECTIONS) {
      const measured = new Map<number, Measurement[]>();
      for (let round = 0; round < rounds; round++) {
        for (const [parallel, server] of servers) {
          const load = { connections, seconds, requests };
          const result = await measure(server, setting.generator, load);
          measured.set(parallel, [...(measured.get(parallel) ?? []), result]);
        }
      }
      for (const [parallel, results] of measured) {
        rows.push({ parallel, latency, connections, ...median(results) });
      }
      console.info(`  ${latency} ms, ${connections} connections`);
    }
    await Promise.all([...servers.values()].map((server) => server.stop()));
    proxy?.stop();
  }
  return rows;
}
