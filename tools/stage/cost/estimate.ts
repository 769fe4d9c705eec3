/** Turns a stage's resources and a load into money. */
import { Decimal } from "decimal.js";
import type { Recorded } from "../graph/resource.ts";
import type { Item, Service } from "./items.ts";
import { type LoadOptions, loadOf, ORIGINAL_LOAD } from "./load.ts";
import { pricers } from "./pricers/index.ts";
import { HOURS, type PriceFile } from "./prices.ts";

// Keeps every sum and product exact: no price has that many digits.
Decimal.set({ precision: 60 });

/** A line of the bill. */
export interface Line {
  /** Pulumi's name and type of the resource. */
  resource: string;
  type: string;
  service: Service;
  what: string;
  kind: Item["kind"];
  /** Key of the price file. */
  price: string;
  /** US dollars per unit. */
  usd: Decimal;
  unit: string;
  quantity: Decimal;
  /** US dollars per month. */
  month: Decimal;
}

/** Something without a price. */
export interface Unpriced {
  type: string;
  names: string[];
  /** What is missing. */
  why: string;
}

/** What the stage uses of the account's free tier. */
export interface Free {
  name: string;
  used: Decimal;
  allowed: Decimal;
  /** US dollars a month off the bill if nothing else in the account uses it. */
  off: Decimal;
}

export interface Estimate {
  lines: Line[];
  unpriced: Unpriced[];
  /** Types that cost nothing, and why. */
  free: { type: string; count: number; why: string }[];
  alwaysFree: Free[];
}

export interface EstimateOptions {
  graph: readonly Recorded[];
  prices: PriceFile;
  /** @default ORIGINAL_LOAD */
  load?: LoadOptions;
  /** Hours of the month during which the stage exists. @default 730 */
  hours?: Decimal.Value;
}

/**
 * Prices every resource of a stage.
 *
 * @example
 * ```ts
 * const graph = await resourceGraph("prod");
 * total(estimate({ graph, prices: readPrices() }).lines).toFixed(2);
 * ```
 */
export function estimate(options: EstimateOptions): Estimate {
  const { graph, prices, load = ORIGINAL_LOAD, hours = HOURS } = options;
  const context = {
    graph,
    load: loadOf(load),
    hours: new Decimal(hours),
    spot: prices.prices["ec2.spot"]?.usd ?? 1,
  };
  const result: Estimate = { lines: [], unpriced: [], free: [], alwaysFree: [] };
  for (const resource of graph) {
    // Components only group other resources.
    if (!resource.custom) continue;
    const known = prices.types[resource.type];
    if (known && "free" in known) countFree(result, resource.type, known.free);
    else if (!known) miss(result, resource, "the type is not in the price file");
    else addLines(result, resource, pricers[resource.type]?.(resource, context), prices);
  }
  result.alwaysFree = alwaysFree(result.lines, prices);
  return result;
}

function addLines(
  result: Estimate,
  resource: Recorded,
  items: Item[] | undefined,
  { prices }: PriceFile,
): void {
  if (!items) miss(result, resource, "nothing tells how the type is counted");
  for (const { share = 1, ...item } of items ?? []) {
    const price = prices[item.price];
    if (!price) {
      miss(result, resource, `no price "${item.price}"`);
      continue;
    }
    const quantity = new Decimal(item.quantity);
    const usd = new Decimal(price.usd).times(share);
    result.lines.push({
      ...item,
      resource: resource.name,
      type: resource.type,
      usd,
      unit: price.unit,
      quantity,
      month: usd.times(quantity),
    });
  }
}

function countFree({ free }: Estimate, type: string, why: string): void {
  const same = free.find((each) => each.type === type);
  if (same) same.count += 1;
  else free.push({ type, count: 1, why });
}

function miss({ unpriced }: Estimate, { type, name }: Recorded, why: string): void {
  const same = unpriced.find((each) => each.type === type && each.why === why);
  if (same) same.names.push(name);
  else unpriced.push({ type, names: [name], why });
}

/** Frees the most expensive units first; on AWS's bill all have one price. */
function alwaysFree(lines: Line[], { alwaysFree: offers }: PriceFile): Free[] {
  return offers.flatMap((offer) => {
    const sharing = lines
      .filter((line) => offer.prices.includes(line.price))
      .sort((one, other) => other.usd.comparedTo(one.usd));
    let left = new Decimal(offer.quantity);
    let off = new Decimal(0);
    for (const { quantity, usd } of sharing) {
      const taken = Decimal.min(left, quantity);
      left = left.minus(taken);
      off = off.plus(taken.times(usd));
    }
    const used = Decimal.sum(0, ...sharing.map(({ quantity }) => quantity));
    return off.isZero()
      ? []
      : [{ name: offer.name, used, allowed: new Decimal(offer.quantity), off }];
  });
}

/** US dollars a month of some lines. */
export function total(lines: readonly Pick<Line, "month">[]): Decimal {
  return Decimal.sum(0, ...lines.map(({ month }) => month));
}

/** US dollars a month that the always-free tier takes off. */
export function freeOff({ alwaysFree }: Estimate): Decimal {
  return Decimal.sum(0, ...alwaysFree.map(({ off }) => off));
}

/** Groups lines, the most expensive group first. */
export function groupBy<Key extends string>(
  lines: readonly Line[],
  key: (line: Line) => Key,
): { key: Key; lines: Line[]; fixed: Decimal; use: Decimal; month: Decimal }[] {
  const groups = Object.groupBy(lines, key) as Record<Key, Line[]>;
  return Object.entries<Line[]>(groups)
    .map(([name, members]) => {
      const of = (kind: Line["kind"]) => total(members.filter((line) => line.kind === kind));
      const [fixed, use] = [of("fixed"), of("use")];
      return { key: name as Key, lines: members, fixed, use, month: fixed.plus(use) };
    })
    .sort((one, other) => other.month.comparedTo(one.month));
}
