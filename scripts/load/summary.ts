import { readFile } from "node:fs/promises";

type Statistics = Record<string, number>;

/** What k6 writes with `--summary-export`; only what is read here. */
export interface Summary {
  /** By name, submetrics among them: `http_req_duration{name:GET /docs}`. */
  metrics: Record<string, Statistics & { thresholds?: Record<string, boolean> }>;
}

export interface Verdict {
  metric: string;
  /** What was promised: `p(95)<300`. */
  condition: string;
  /** What was measured, in the metric's unit. */
  value: number | undefined;
  /** Whether there was anything to measure; k6 takes a threshold without a sample for kept. */
  tested: boolean;
  /** Tested, and not broken. */
  kept: boolean;
}

/** The numbers of one route, in milliseconds. */
export interface Route {
  name: string;
  count: number;
  avg: number;
  med: number;
  p95: number;
  p99: number;
  max: number;
}

/** @throws with one line when the file is not there or is no summary */
export async function readSummary(file: string): Promise<Summary> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Error(`${file} is not there: did that run come to its end?`);
  const summary = JSON.parse(text);
  if (typeof summary.metrics === "object") return summary;
  throw new Error(`${file} is no summary of k6.`);
}

/** By name, and by number within it: k6 writes everything in any order. */
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

/** A counter that was never raised has counted to 0; times and rates need something to measure. */
function isTested({ count, avg, passes, fails }: Statistics): boolean {
  if (avg !== undefined) return (count ?? 0) > 0;
  if (passes !== undefined || fails !== undefined) return (passes ?? 0) + (fails ?? 0) > 0;
  return true;
}

/** The statistic that a condition is about; k6 calls the rate of a rate its value. */
function measured(statistics: Statistics, condition: string): number | undefined {
  const [name = ""] = condition.match(/^[^<>=!]+/) ?? [];
  return statistics[name.trim()] ?? (name.trim() === "rate" ? statistics.value : undefined);
}

/** The routes that the scenario used, by name. */
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

/** Name of the route that a metric is about, or nothing. */
export function routeOf(metric: string): string | undefined {
  return metric.match(/^http_req_duration\{name:(.+)\}$/)?.[1];
}

/** The rate, in visits a second, of the step that a metric is about, or nothing. */
export function stepOf(metric: string): number | undefined {
  const [, rate] = metric.match(/\{step:(\d+)\}$/) ?? [];
  return rate === undefined ? undefined : Number(rate);
}
