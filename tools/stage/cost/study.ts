/** Everything that `npm run cost` reports about a stage, as data. */
import { Decimal } from "decimal.js";
import { isOption, isPossible } from "../../../infra/stages/checks.ts";
import { type Stage, stageOf } from "../../../infra/stages.ts";
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

/** An optional service of a stage. */
export interface Extra {
  /** Whether the stage has it. */
  on: boolean;
  /** Its additional cost. */
  lines: Line[];
}

export interface Study {
  stage: string;
  prices: PriceFile;
  load: LoadOptions;
  /** The stage without optional services. */
  api: Estimate;
  /** US dollars a month at list prices. */
  month: Decimal;
  /** What the account's always-free tier takes off. */
  free: Decimal;
  /** Resources without a price, so that sums are too low. */
  unpriced: Unpriced[];
  quotes: Extra | undefined; // drop: quotes
  /** A pipeline, if the stage has none. */
  pipeline: Extra | undefined;
  /** The API with a pipeline, as in the original. Only for a retained stage, like the original. */
  comparison:
    | { lines: Comparison[]; month: Decimal; free: Decimal; cheaperUpTo: Limits }
    | undefined;
  /** Additional cost of a million requests, by kind. */
  million: { name: string; services: { service: Service; month: Decimal }[]; month: Decimal }[];
  /** Alternatives, with the monthly cost of each. */
  choices: (Choice & { month: Decimal })[];
  /** Monthly cost if deployed during working hours only; not for a retained stage. */
  workingHours: Decimal | undefined;
}

/**
 * Everyday requests a second up to which a stage costs less than the original; undefined if it never
 * does.
 */
export interface Limits {
  list: number | undefined;
  withFreeTier: number | undefined;
}

/** Kinds of requests for the price per million. */
const KINDS: Record<string, Visits | undefined> = {
  Everyday: undefined,
  ...Object.fromEntries(
    (["GET /users/{id}", "POST /posts/", "POST /users/"] satisfies Route[]).map((route) => [
      route,
      [[1, [route]]],
    ]),
  ),
};

/** Minimal options of a pipeline; its price does not depend on them. */
const PIPELINE = { repository: "owner/name", branch: "main", source: { connection: "new" } };

/**
 * Prices a stage, its alternatives, and higher loads.
 *
 * @param name The stage.
 * @param options.rps Everyday requests a second. @default the original's load for a retained stage,
 *   one person's for others
 * @throws When `infra/stages.ts` has an invalid option for it.
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
  const own: Partial<Stage> = {
    quotes: false, // drop: quotes
  };
  const wanted: Omit<GraphRequest, "stage">[] = [
    { choices: own },
    { choices: { ...optional("pipeline", PIPELINE), ...own } },
    ...choices.map(({ dev = false, choices: more }) => ({ choices: { ...own, ...more }, dev })),
    // #region quotes
    { choices: isPossible({ ...stage, quotes: true }) ? { quotes: true } : own },
    // #endregion quotes
  ];
  const [graph = [], withPipeline = [], ...others] = await resourceGraphs(
    wanted.map((each) => ({ stage: name, ...each })),
  );
  const price = (of: readonly Recorded[], hours?: number) =>
    estimate({ graph: of, prices, load, ...(hours && { hours }) });
  const api = price(graph);
  const piped = price(withPipeline);
  const quoted = price(others.at(-1) ?? []); // drop: quotes
  return {
    stage: name,
    prices,
    load,
    api,
    month: total(api.lines),
    free: freeOff(api),
    unpriced: together([
      api,
      quoted, // drop: quotes
      piped,
    ]),
    quotes: extraOf("quotes", stage, quoted, api), // drop: quotes
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

/** Resources without a price in any of the estimates, deduplicated. */
function together(estimates: Estimate[]): Unpriced[] {
  const all = estimates.flatMap(({ unpriced }) => unpriced);
  return [...new Map(all.map((each) => [`${each.type} ${each.why}`, each])).values()];
}

/** A choice, if it is an option of stages. */
function optional(name: string, value: unknown): Partial<Stage> {
  return isOption(name) ? { [name]: value } : {};
}

/** The lines that only exist with an option. */
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

/** The highest rate up to which a condition holds, by bisection. */
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
