import { readFile } from "node:fs/promises";

type Statistics = Record<string, number>;

/** The part of k6's `--summary-export` that is read. */
export interface Summary {
  /** By name, including submetrics: `http_req_duration{name:GET /docs}`. */
  metrics: Record<string, Statistics & { thresholds?: Record<string, boolean> }>;
}

export interface Verdict {
  metric: string;
  /** The promise: `p(95)<300`. */
  condition: string;
  /** The measurement, in the metric's unit. */
  value: number | undefined;
  /** Whether anything was measured; k6 considers a threshold without samples kept. */
  tested: boolean;
  /** Tested and not broken. */
  kept: boolean;
}

/** A route's numbers in milliseconds. */
export interface Route {
  name: string;
  count: number;
  avg: number;
  med: number;
  p95: number;
  p99: number;
  max: number;
}

/** @throws one line when the file is missing or not a summary */
export async function readSummary(file: string): Promise<Summary> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Error(`${file} is not there: did that run come to its end?`);
  const summary = JSON.parse(text);
  if (typeof summary.metrics === "object") return summary;
  throw new Error(`${file} is no summary of k6.`);
}

/** By name, then by number: k6 writes in any order. */
const byName = ([a]: [string, unknown], [b]: [string, unknown]) =>
  a.localeCompare(b, "en", { numeric: true });

/** The verdict of each threshold, in order. */
export function verdicts({ metrics }: Summary): Verdict[] {
  const sorted = Object.entries(metrics).sort(byName);
  return sorted.flatMap(([metric, { thresholds = {}, ...statistics }]) =>
    Object.entries(thresholds)
      .sort(byName)
      .map(([condition, broken]) => ({
        metric,
        condition,
        ...judged(statistics, condition, broken),
      })),
  );
}

function judged(statistics: Statistics, condition: string, broken: boolean) {
  const tested = isTested(statistics);
  const value = tested ? measured(statistics, condition) : undefined;
  return { value, tested, kept: tested && !broken };
}

/** A counter without increments is 0; times and rates need samples. */
function isTested({ count, avg, passes, fails }: Statistics): boolean {
  if (avg !== undefined) return (count ?? 0) > 0;
  if (passes !== undefined || fails !== undefined) return (passes ?? 0) + (fails ?? 0) > 0;
  return true;
}

/** The statistic of a condition; k6 calls a rate's value `value`. */
function measured(statistics: Statistics, condition: string): number | undefined {
  const [name = ""] = condition.match(/^[^<>=!]+/) ?? [];
  return statistics[name.trim()] ?? (name.trim() === "rate" ? statistics.value : undefined);
}

/** The scenario's routes by name. */
export function routes({ metrics }: Summary): Route[] {
  return Object.entries(metrics)
    .flatMap(([metric, statistics]) => {
      const name = routeOf(metric);
      return name && statistics.count ? [toRoute(name, statistics)] : [];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function toRoute(name: string, statistics: Statistics): Route {
  const { count = 0, avg = 0, med = 0, max = 0 } = statistics;
  return {
    name,
    count,
    avg,
    med,
    p95: statistics["p(95)"] ?? 0,
    p99: statistics["p(99)"] ?? 0,
    max,
  };
}

/** A metric's route, if any. */
export function routeOf(metric: string): string | undefined {
  return metric.match(/^http_req_duration\{name:(.+)\}$/)?.[1];
}

/** The rate of a metric's step in visits a second, if any. */
export function stepOf(metric: string): number | undefined {
  const [, rate] = metric.match(/\{step:(\d+)\}$/) ?? [];
  return rate === undefined ? undefined : Number(rate);
}
