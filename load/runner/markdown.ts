import { findingOf } from "./findings.ts";
import { milliseconds, percent, table } from "./format.ts";
import { type Hashing, shareOfHashing } from "./hashing.ts";
import { scenarios } from "./scenarios.ts";
import { routeOf, routes, type Summary, stepOf, type Verdict, verdicts } from "./summary.ts";
import type { Recording } from "./watch/recorder.ts";

/** A finished run. */
export interface FinishedRun {
  scenario: string;
  url: string;
  stage?: string;
  /** Options that were given, by name: `{ rate: "50" }`. */
  parameters: Record<string, string>;
  started: Date;
  k6: string;
  summary: Summary;
  recording?: Recording;
  hashing?: Hashing;
  /** k6's exit code. */
  code: number;
}

/** Descriptions of the scenarios' own metrics. */
const PROMISES: Record<string, string> = {
  shed: "requests were turned away with 429 or 503",
  shed_politely: "each of these had Retry-After",
  alive: "`/health/live` answered all the time",
  back_to_normal: "from 10 s after the spike on, requests succeed",
};

/** A run as Markdown: verdicts, routes, and the recorded metrics. */
export function toMarkdown(run: FinishedRun): string {
  const finding = findingOf(run.scenario, run.summary);
  const sections = [
    `# ${titleOf(run)}`,
    ...(finding ? [finding] : []),
    factsOf(run)
      .map((line) => `- ${line}`)
      .join("\n"),
    "## Thresholds",
    table(["", ...VERDICT_COLUMNS], verdictRows(run.summary)),
    "## Routes",
    routeTable(run.summary),
    ...(run.hashing ? ["## Password hashing", shareOfHashing(run.hashing, run)] : []),
    ...(run.recording ? ["## Over time", "![Requests and what was watched](watch.svg)"] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** The outcome in one line. */
export function titleOf({ scenario, code, summary }: FinishedRun): string {
  return `${scenario}: ${outcome(code, verdicts(summary))}`;
}

/** Columns of a verdict. Conditions on times are in milliseconds, on rates shares of 1. */
export const VERDICT_COLUMNS = ["What", "Promise (ms, or a share)", "Measured"] as const;

/** A row per threshold: mark, metric, promise, measurement. */
export function verdictRows(summary: Summary): string[][] {
  return verdicts(summary).map(verdictRow);
}

/** k6 exits with 99 for a broken threshold, with 105 when stopped, otherwise for an error. */
function outcome(code: number, all: Verdict[]): string {
  const broken = all.filter(({ tested, kept }) => tested && !kept);
  if (broken.length > 0) return `${promises(broken)} broken`;
  if (code === 105) return "stopped before its end";
  const untested = all.filter(({ tested }) => !tested);
  if (untested.length > 0) return `${promises(untested)} not tested`;
  return code === 0 ? "all promises kept" : `ended with an error (k6's exit code ${code})`;
}

function promises({ length }: Verdict[]): string {
  return `${length} ${length === 1 ? "promise" : "promises"}`;
}

/** Scenario, target and parameters, a line each. */
export function factsOf(run: FinishedRun): string[] {
  const { scenario, url, stage, parameters, started, k6, summary } = run;
  const { http_reqs: requests, iterations } = summary.metrics;
  const given = Object.entries(parameters).map(([name, value]) => `--${name} ${value}`);
  return [
    `Scenario: ${scenario}: ${scenarios[scenario]?.question}`,
    `Target: ${url}${stage ? ` (stage ${stage})` : ""}`,
    `Parameters: ${given.join(", ") || "the scenario's own"}`,
    `Started: ${started.toISOString()}, k6 ${k6}`,
    `Visits: ${iterations?.count ?? 0}; requests with setup and teardown: ${requests?.count ?? 0}`,
  ];
}

function verdictRow({ metric, condition, value, tested, kept }: Verdict): string[] {
  return [
    kept ? "✓" : tested ? "✗" : "?",
    PROMISES[metric] ?? routeOf(metric) ?? nameOf(metric),
    `\`${condition}\``,
    value === undefined ? "no sample" : inItsUnit(metric, condition, value),
  ];
}

/** A metric's name without the scenario, or with its step. */
function nameOf(metric: string): string {
  const step = stepOf(metric);
  const [name = metric] = metric.split("{");
  if (step === undefined) return name;
  const what = name === "http_req_failed" ? "failed" : "all routes";
  return `${what}, at ${step} visits a second`;
}

function inItsUnit(metric: string, condition: string, value: number): string {
  if (condition.startsWith("rate")) return percent(value);
  return metric.startsWith("http_req_duration") ? milliseconds(value) : String(value);
}

function routeTable(summary: Summary): string {
  const rows = routes(summary).map(({ name, count, ...times }) => [
    name,
    String(count),
    ...[times.avg, times.med, times.p95, times.p99, times.max].map(milliseconds),
  ]);
  return table(["Route", "Requests", "Average", "Median", "p95", "p99", "Longest"], rows);
}
