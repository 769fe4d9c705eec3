/** Everything that `npm run cost` says of a stage, as data. */
import { Decimal } from "decimal.js";
import { type ResolvedStage, type Stage, stageOf } from "../../infra/stages.ts";
import type { Recorded } from "../graph/resource.ts";
import { resourceGraphs } from "../graph.ts";
import { type Choice, choicesOf } from "./choices.ts";
import { type Estimate, estimate, freeOff, groupBy, type Line, total } from "./estimate.ts";
import type { Service } from "./items.ts";
import { type LoadOptions, ORIGINAL_LOAD, type Route, SECONDS, type Visits } from "./load.ts";
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
  /** The API: everything but the quotes, which are a system of their own. */
  api: Estimate;
  /** US dollars a month at list prices. */
  month: Decimal;
  /** What the account's always-free tier takes off. */
  free: Decimal;
  /** The quotes, where `infra/stages.ts` knows them. */
  quotes: Extra | undefined;
  comparison: Comparison[];
  /** Everyday requests a second up to which the stage costs less than the original, if any. */
  cheaperUpTo: number | undefined;
  /** What a million requests cost by kind, beyond what is paid anyway. */
  million: { name: string; services: { service: Service; month: Decimal }[]; month: Decimal }[];
  /** Other choices, and what the month costs with them. */
  choices: (Choice & { month: Decimal })[];
  /** The month, with the stage deployed in working hours alone; not for one that is kept. */
  workingHours: Decimal | undefined;
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

/**
 * Prices a stage, what it could choose instead, and what more load would cost.
 *
 * @param name The stage.
 * @throws When `infra/stages.ts` has a wrong option for it.
 */
export async function study(name: string, prices: PriceFile, load = ORIGINAL_LOAD): Promise<Study> {
  const stage = stageOf(name);
  const without = "quotes" in stage ? ({ quotes: false } as Partial<Stage>) : {};
  const choices = choicesOf(stage);
  const [graph = [], withQuotes = [], ...others] = await resourceGraphs(
    [
      without,
      "quotes" in stage ? { quotes: true } : {},
      ...choices.map((each) => ({ ...without, ...each.choices })),
    ].map((chosen) => ({ stage: name, choices: chosen as Partial<Stage> })),
  );
  const price = (of: readonly Recorded[], hours?: number) =>
    estimate({ graph: of, prices, load, ...(hours && { hours }) });
  const api = price(graph);
  return {
    stage: name,
    prices,
    load,
    api,
    month: total(api.lines),
    free: freeOff(api),
    quotes: quotesOf(stage, price(withQuotes), api),
    comparison: compareWithOriginal(api.lines),
    cheaperUpTo: cheaperUpTo(graph, prices, load),
    million: Object.entries(KINDS).map(([kind, mix]) => million(kind, mix, graph, prices)),
    choices: choices
      .map((choice, index) => ({ ...choice, month: total(price(others[index] ?? []).lines) }))
      .sort((one, other) => one.month.comparedTo(other.month)),
    workingHours: stage.retain ? undefined : total(price(graph, WORKING_HOURS).lines),
  };
}

/** What only a stage with quotes has. */
function quotesOf(stage: ResolvedStage, both: Estimate, api: Estimate): Extra | undefined {
  if (!("quotes" in stage)) return undefined;
  const id = (line: Line) => `${line.type} ${line.resource} ${line.what}`;
  const known = new Set(api.lines.map(id));
  return { on: stage.quotes === true, lines: both.lines.filter((line) => !known.has(id(line))) };
}

/** The load beyond which the original's bill was less, by halving. */
function cheaperUpTo(graph: Recorded[], prices: PriceFile, load: LoadOptions): number | undefined {
  const isCheaper = (rps: number) =>
    total(estimate({ graph, prices, load: { ...load, rps } }).lines).lessThan(ORIGINAL.month);
  if (!isCheaper(0)) return undefined;
  let [low, high] = [0, 1000];
  while (high - low > 0.05) {
    const middle = (low + high) / 2;
    if (isCheaper(middle)) low = middle;
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
