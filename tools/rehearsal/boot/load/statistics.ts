import type { Sample } from "./load.ts";

/** What a stretch of a load was like. */
export interface Summary {
  requests: number;
  failed: number;
  /** Failed requests by how they ended, e.g. `{ 503: 2, ECONNRESET: 1 }`. */
  failures: Record<string, number>;
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
}

/** The samples that were due in a stretch of time, `to` excluded. */
export function between(samples: Sample[], from: number, to: number): Sample[] {
  return samples.filter(({ at }) => at >= from && at < to);
}

export function summarise(samples: Sample[]): Summary {
  const failed = samples.filter(({ ok }) => !ok);
  const outcomes = Object.groupBy(failed, ({ outcome }) => String(outcome));
  const times = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    requests: samples.length,
    failed: failed.length,
    failures: Object.fromEntries(
      Object.entries(outcomes).map(([outcome, list]) => [outcome, list?.length ?? 0]),
    ),
    p50: Math.round(quantile(times, 0.5)),
    p99: Math.round(quantile(times, 0.99)),
    max: Math.round(times.at(-1) ?? 0),
  };
}

/** The nearest-rank quantile of sorted numbers; 0 of none. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A second of a load. */
export interface Second {
  /** Seconds since the first sample. */
  second: number;
  requests: number;
  failed: number;
  p99: number;
}

/** The load second by second, for a chart. */
export function perSecond(samples: Sample[]): Second[] {
  const first = Math.min(...samples.map(({ at }) => at));
  const groups = Map.groupBy(samples, ({ at }) => Math.floor((at - first) / 1000));
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([second, list]) => {
      const { requests, failed, p99 } = summarise(list);
      return { second, requests, failed, p99 };
    });
}

/** One line for people. */
export function inWords({ requests, failed, failures, p50, p99, max }: Summary): string {
  const how = Object.entries(failures).map(([outcome, count]) => `${count} × ${outcome}`);
  const detail = how.length > 0 ? ` (${how.join(", ")})` : "";
  return `${requests} requests, ${failed} failed${detail}; p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;
}
