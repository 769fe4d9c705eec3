/** Everything that `npm run cost` says of a stage, as data. */
import { Decimal } from "decimal.js";
import { isOption, isPossible } from "../../infra/stage-checks.ts";
import { type Stage, stageOf } from "../../infra/stages.ts";
import type { GraphRequest, Recorded } from "../graph/resource.ts";
import { resourceGraphs } from "../graph.ts";
import { type Choice, choicesOf } from "./choices.ts";
import {
  type Estimate,
  estimate,
  freeOff,
  groupBy,
  type Line,
  total,
  type Unpriced,
} from "./estimate.ts";
import type { Service } from "./items.ts";
import {
  type LoadOptions,
  ORIGINAL_LOAD,
  PERSONAL_LOAD,
  type Route,
  SECONDS,
  type Visits,
} from "./load.ts";
import { type Comparison, compareWithOriginal, ORIGINAL } from "./original.ts";
import type { PriceFile } from "./prices.ts";

/** Working hours of a month: 10 hours on five days a week. */
export const WORKING_HOURS = (10 * 5 * 52) / 12;

/** A service on its own, which a stage may have or not. */
export interface Extra {
  /** Whether the stage has it. */
  on: boolean;
  /** What it costs on top, or would. */
  lines: Line[];
}

export interface Study {
  stage: string;
  prices: PriceFile;
  load: LoadOptions;
  /** The stage as it is, but for the quotes, which are a system of their own. */
  api: Estimate;
  /** US dollars a month at list prices. */
  month: Decimal;
  /** What the account's always-free tier takes off. */
  free: Decimal;
  /** What of the API, the quotes or a pipeline has no price, so that sums are too small. */
  unpriced: Unpriced[];
  quotes: Extra | undefined;
  /** A pipeline, where the stage has none. */
  pipeline: Extra | undefined;
  /** The API with a pipeline, as the original had one. Only for a stage that is kept, as it was. */
  comparison:
    | { lines: Comparison[]; month: Decimal; free: Decimal; cheaperUpTo: Limits }
    | undefined;
  /** What a million requests cost by kind, beyond what is paid anyway. */
  million: { name: string; services: { service: Service; month: Decimal }[]; month: Decimal }[];
  /** Other choices, and what the month costs with them. */
  choices: (Choice & { month: Decimal })[];
  /** The month, with the stage deployed in working hours alone; not for one that is kept. */
  workingHours: Decimal | undefined;
}

/** Everyday requests a second up to which a stage costs less than the original; nothing if it never does. */
export interface Limits {
  list: number | undefined;
  withFreeTier: number | undefined;
}

/** Kinds of requests whose price for a million is told. */
const KINDS: Record<string, Visits | undefined> = {
  Everyday: undefined,
  ...Object.fromEntries(
    (["GET /users/{id}", "POST /posts/", "POST /users/"] satisfies Route[]).map((route) => [
      route,
      [[1, [route]]],
    ]),
  ),
};

/** What a pipeline needs to be told; its price does not depend on it. */
const PIPELINE = { repository: "owner/name", branch: "main", source: { connection: "new" } };

/**
 * Prices a stage, what it could choose instead, and what more load would cost.
 *
 * @param name The stage.
 * @param options.rps Everyday requests a second instead of the usual ones: the original's load for a
 * stage that is kept, one person's for others.
 * @throws When `infra/stages.ts` has a wrong option for it.
 */
export async function study(
  name: string,
  prices: PriceFile,
  { rps }: { rps?: number } = {},
): Promise<Study> {
  const stage = stageOf(name);
  const usual = stage.retain ? ORIGINAL_LOAD : PERSONAL_LOAD;
  const load = rps === undefined ? usual : { ...usual, rps };
  const choices = choicesOf(stage);
  const own = optional("quotes", false);
  const quotesToo = optional("quotes", true);
  const wanted: Omit<GraphRequest, "stage">[] = [
    { choices: own },
    { choices: isPossible({ ...stage, ...quotesToo }) ? quotesToo : own },
    { choices: { ...optional("pipeline", PIPELINE), ...own } },
    ...choices.map(({ dev = false, choices: more }) => ({ choices: { ...own, ...more }, dev })),
  ];
  const [graph = [], withQuotes = [], withPipeline = [], ...others] = await resourceGraphs(
    wanted.map((each) => ({ stage: name, ...each })),
  );
  const price = (of: readonly Recorded[], hours?: number) =>
    estimate({ graph: of, prices, load, ...(hours && { hours }) });
  const api = price(graph);
  const piped = price(withPipeline);
  const quoted = price(withQuotes);
  return {
    stage: name,
    prices,
    load,
    api,
    month: total(api.lines),
    free: freeOff(api),
    unpriced: together([api, quoted, piped]),
    quotes: extraOf("quotes", stage, quoted, api),
    pipeline: extraOf("pipeline", stage, piped, api),
    comparison: stage.retain
      ? {
          lines: compareWithOriginal(piped.lines),
          month: total(piped.lines),
          free: freeOff(piped),
          cheaperUpTo: limits(withPipeline, prices, load),
        }
      : undefined,
    million: Object.entries(KINDS).map(([kind, mix]) => million(kind, mix, graph, prices)),
    choices: choices
      .map((choice, index) => ({ ...choice, month: total(price(others[index] ?? []).lines) }))
      .sort((one, other) => one.month.comparedTo(other.month)),
    workingHours: stage.retain ? undefined : total(price(graph, WORKING_HOURS).lines),
  };
}

/** What has no price in any of some estimates, once. */
function together(estimates: Estimate[]): Unpriced[] {
  const all = estimates.flatMap(({ unpriced }) => unpriced);
  return [...new Map(all.map((each) => [`${each.type} ${each.why}`, each])).values()];
}

/** A choice, if `infra/stages.ts` has it. */
function optional(name: string, value: unknown): Partial<Stage> {
  return isOption(name) ? { [name]: value } : {};
}

/** What is only there when a stage has something. */
function extraOf(name: string, stage: Stage, both: Estimate, without: Estimate): Extra | undefined {
  if (!isOption(name)) return undefined;
  const id = (line: Line) => `${line.type} ${line.resource} ${line.what}`;
  const known = new Set(without.lines.map(id));
  return { on: Boolean(stage[name]), lines: both.lines.filter((line) => !known.has(id(line))) };
}

function limits(graph: Recorded[], prices: PriceFile, load: LoadOptions): Limits {
  const at = (rps: number) => estimate({ graph, prices, load: { ...load, rps } });
  return {
    list: highest((rps) => total(at(rps).lines).lessThan(ORIGINAL.month)),
    withFreeTier: highest((rps) => {
      const all = at(rps);
      return total(all.lines).minus(freeOff(all)).lessThan(ORIGINAL.month);
    }),
  };
}

/** The highest rate up to which something holds, by halving. */
function highest(holds: (rps: number) => boolean): number | undefined {
  if (!holds(0)) return undefined;
  let [low, high] = [0, 1000];
  while (high - low > 0.05) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function million(name: string, mix: Visits | undefined, graph: Recorded[], prices: PriceFile) {
  const at = (rps: number) =>
    estimate({
      graph,
      prices,
      load: { rps, tests: 0, pushes: 0, data: 0, ...(mix && { mix }) },
    }).lines;
  const idle = groupBy(at(0), (line) => line.service);
  const services = groupBy(at(1e6 / SECONDS), (line) => line.service)
    .map(({ key, month }) => {
      const before = idle.find((each) => each.key === key)?.month ?? new Decimal(0);
      return { service: key, month: month.minus(before) };
    })
    .filter((each) => !each.month.isZero());
  return { name, services, month: total(services) };
}
