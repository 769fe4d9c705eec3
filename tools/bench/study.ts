import { startSlowProxy } from "../common/proxies.ts";
import { chosen, inTurn, type Plan } from "./compare.ts";
import { type Measurement, measure } from "./measure.ts";
import type { Server } from "./processes.ts";
import type { Setting } from "./setting.ts";

/** What is studied, by its option of the database, what that is set to, and by which requests. */
export const STUDIES = {
  /** How many batches should be under way at once. */
  flush: { option: "parallel", values: [1, 2, 4, 16], scenarios: ["GET user", "POST post"] },
  /** How many keys a batch should have at most. */
  size: { option: "keys", values: [10, 25, 50, 100], scenarios: ["GET user"] },
} as const;

export type StudyName = keyof typeof STUDIES;

/** How this API does with an option set so, and so slow a database. */
export interface StudyRow extends Measurement {
  scenario: string;
  value: number;
  latency: number;
  connections: number;
}

const LATENCIES = [0, 2, 10];

/** Finds what an option should be. */
export async function study(setting: Setting, name: StudyName, plan: Plan): Promise<StudyRow[]> {
  const rows: StudyRow[] = [];
  for (const latency of LATENCIES) {
    const proxy = latency > 0 ? await startSlowProxy(setting.endpoint, latency) : undefined;
    const servers = await startServers(setting, name, proxy?.endpoint ?? setting.endpoint);
    for (const scenario of chosen(plan)) {
      const requests = scenario.requests(setting.data);
      for (const server of servers.values()) {
        await measure(server, setting.generator, { connections: 64, seconds: 2, requests });
      }
      for (const connections of plan.connections) {
        const load = { connections, seconds: plan.seconds, requests };
        for (const [value, measured] of await inTurn(setting, servers, load, plan.rounds)) {
          rows.push({ scenario: scenario.name, value, latency, connections, ...measured });
        }
        console.info(`  ${scenario.name}, + ${latency} ms, ${connections} connections`);
      }
    }
    await Promise.all([...servers.values()].map((server) => server.stop()));
    proxy?.stop();
  }
  return rows;
}

/** A server for each value of the option. */
async function startServers(setting: Setting, name: StudyName, endpoint: string) {
  const { option, values } = STUDIES[name];
  const servers = new Map<number, Server>();
  for (const value of values) {
    const server = await setting.start("steadfast", {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      BENCH_DATABASE: JSON.stringify({ [option]: value }),
    });
    servers.set(value, server);
  }
  return servers;
}
