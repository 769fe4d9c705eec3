import type { Request } from "autocannon";
import type { Generator, Server } from "./processes.ts";

/** What one server did with one kind of request, from a number of connections. */
export interface Measurement {
  /** CPU time of the server's process, all threads, in microseconds a request. */
  cpu: number;
  /** What of it the kernel took, which is mostly sending and waking. */
  kernel: number;
  /** Requests answered a second. */
  rate: number;
  /** Latencies that the clients saw, in milliseconds. */
  p50: number;
  p99: number;
  /** 99th percentile of the event loop's delay, in milliseconds. */
  loopDelay: number;
  /** Resident memory at the end, in MB. */
  rss: number;
  /** Calls to the database a request. */
  calls: number;
  /** Requests that were not answered with a 2xx. */
  failed: number;
}

/** Loads one server for a while. */
export async function measure(
  server: Server,
  generator: Generator,
  load: { connections: number; seconds: number; requests: Request[] },
): Promise<Measurement> {
  const before = await server.usage();
  const { answered, failed, rate, p50, p99 } = await generator.send({ url: server.url, ...load });
  const after = await server.usage();
  return {
    cpu: (after.cpu - before.cpu) / answered,
    kernel: (after.kernel - before.kernel) / answered,
    rate,
    p50,
    p99,
    loopDelay: after.loopDelay,
    rss: after.rss / 1e6,
    calls: (after.calls - before.calls) / answered,
    failed,
  };
}

/** The median of each number. */
export function median(rounds: Measurement[]): Measurement {
  const keys = Object.keys(rounds[0] as Measurement) as (keyof Measurement)[];
  return Object.fromEntries(
    keys.map((key) => [key, medianOf(rounds.map((round) => round[key]))]),
  ) as unknown as Measurement;
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
