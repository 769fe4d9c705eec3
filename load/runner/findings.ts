import { milliseconds, percent } from "./format.ts";
import { routeOf, type Summary, stepOf, type Verdict, verdicts } from "./summary.ts";

/** What the scenarios that look for a limit found, in a sentence or two; undefined for others. */
export function findingOf(scenario: string, summary: Summary): string | undefined {
  return FINDINGS[scenario]?.(summary);
}

const FINDINGS: Record<string, (summary: Summary) => string | undefined> = {
  stress: stressFinding,
  breakpoint: breakpointFinding,
  spike: spikeFinding,
};

function stressFinding(summary: Summary): string | undefined {
  const steps = new Map<number, Verdict[]>();
  for (const verdict of verdicts(summary)) {
    const step = stepOf(verdict.metric);
    // Steps that an interrupted run did not reach.
    if (step === undefined || !summary.metrics[`http_req_duration{step:${step}}`]?.count) continue;
    steps.set(step, [...(steps.get(step) ?? []), verdict]);
  }
  const rates = [...steps.keys()].sort((a, b) => a - b);
  const broken = rates.find((rate) => steps.get(rate)?.some(isBroken));
  const last = rates.at(-1);
  if (last === undefined) return undefined;
  if (broken === undefined)
    return `All steps went well, up to ${last} visits a second.${left(summary)}`;
  const before = rates.filter((rate) => rate < broken).at(-1);
  const good =
    before === undefined ? "No step went well" : `Up to ${before} visits a second went well`;
  const reasons = steps.get(broken)?.filter(isBroken).map(reasonOf);
  return `${good}; ${broken} were too many: ${reasons?.join(", ")}.${left(summary)}`;
}

function breakpointFinding(summary: Summary): string | undefined {
  const { rate_reached: reached } = summary.metrics;
  if (reached?.value === undefined) return undefined;
  const rate = `${Math.round(reached.value)} visits a second`;
  const broken = verdicts(summary).filter(isBroken);
  if (broken.length === 0) return `No promise was broken up to ${rate}, where the run ended.`;
  return `It stopped at ${rate}: ${broken.map(reasonOf).join(", ")}.${left(summary)}`;
}

function spikeFinding({ metrics }: Summary): string | undefined {
  const { shed, shed_politely: politely, alive, back_to_normal: back } = metrics;
  if (!back || back.passes === undefined) return undefined;
  const share = (rate: typeof back | undefined) => percent(rate?.value ?? 0);
  return [
    `${shed?.count ?? 0} requests were turned away, ${share(politely)} of them with Retry-After.`,
    `It was alive ${share(alive)} of the time.`,
    `From 10 s after the spike on, ${share(back)} of the requests went as on an ordinary day.`,
  ].join(" ");
}

const isBroken = ({ tested, kept }: Verdict) => tested && !kept;

/** Visits that were dropped because all users still waited for an answer. */
function left({ metrics }: Summary): string {
  const count = metrics.dropped_iterations?.count;
  return count ? ` ${count} visits did not begin in time, because all users still waited.` : "";
}

/** A broken promise: `POST /users/ p95 of 1.2 s`, `4 % failed`. */
function reasonOf({ metric, condition, value = 0 }: Verdict): string {
  if (metric.startsWith("http_req_failed")) return `${percent(value)} of the requests failed`;
  if (metric.startsWith("checks")) return `${percent(1 - value)} of the checks failed`;
  if (metric === "dropped_iterations") return "visits came too fast for the users there are";
  const [, percentile] = condition.match(/^p\((\d+)\)/) ?? [];
  return `${routeOf(metric) ?? "all routes"} p${percentile} ${milliseconds(value)}`;
}
