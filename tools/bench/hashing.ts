import { Passwords } from "@steadfast/core";
import { scenario } from "./scenarios.ts";
import type { Setting } from "./setting.ts";

/** What hashing passwords costs, which the comparison leaves out. */
export interface Hashing {
  /** CPU time of one, all threads, in milliseconds; the median of some. */
  cpu: number;
  /** Resident memory after registering for a while, in MB. */
  memory: number;
  /** The same with as many arenas as glibc makes by itself. */
  memoryByDefault: number;
}

/** Measures what it takes, with real hashing and nothing else at the same time. */
export async function measureHashing(setting: Setting): Promise<Hashing> {
  return {
    cpu: await cpuTime(),
    memory: await memoryAfter(setting, {}),
    memoryByDefault: await memoryAfter(setting, { MALLOC_ARENA_MAX: "0" }),
  };
}

async function memoryAfter(setting: Setting, environment: Record<string, string>) {
  const server = await setting.start("steadfast-hashing", environment);
  const requests = scenario("POST user").requests(setting.data);
  await setting.generator.send({ url: server.url, connections: 16, seconds: 5, requests });
  const { rss } = await server.usage();
  await server.stop();
  return rss / 1e6;
}

async function cpuTime(times = 15): Promise<number> {
  const passwords = new Passwords();
  const costs: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    await passwords.hash("correct horse battery");
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return costs.sort((a, b) => a - b)[times >> 1] as number;
}
