/** The price file: what AWS asks for a unit, since when that is known, and what is free. */
import { readFileSync } from "node:fs";
import { Decimal } from "decimal.js";

/** Hours of a month as AWS counts them in its examples: 365 days × 24 / 12. */
export const HOURS = new Decimal(730);

/** One price of AWS's list. */
export interface Price {
  /** US dollars a unit, as text, so that no digit is lost. */
  usd: string;
  /** What is counted, such as `hour` or `GB-month`. */
  unit: string;
  /** Day on which it was written down, or confirmed by AWS's price API. */
  date: string;
  /** AWS's page that has it. */
  source: string;
  /** How AWS's price API is asked for it; nothing for what is not a list price. */
  live?: LiveQuery;
  /** What else one should know. */
  note?: string;
}

/** A question to AWS's price API that has one answer. */
export interface LiveQuery {
  /** Its code of the service, such as `AmazonEC2`. */
  service: string;
  /** What the bill calls it, without the region's prefix. */
  usagetype: string;
  /** Attribute that has the region; `none` for what costs the same everywhere. @default "regionCode" */
  regionField?: "regionCode" | "fromRegionCode" | "none";
  /** Attributes that narrow it down. */
  filters?: Record<string, string>;
}

/** What every account gets for nothing each month, for as long as it exists. */
export interface AlwaysFree {
  name: string;
  /** Prices whose quantities share it. */
  prices: string[];
  quantity: string;
  source: string;
}

/** What a type of resource costs: some prices (`ec2.*` are all that begin so), or nothing, and why. */
export type TypePrice = { prices: string[] } | { free: string };

export interface PriceFile {
  region: string;
  currency: "USD";
  prices: Record<string, Price>;
  alwaysFree: AlwaysFree[];
  /** By Pulumi's type, such as `aws:lb/loadBalancer:LoadBalancer`. */
  types: Record<string, TypePrice>;
}

/** Where the prices are. */
export const PRICE_FILE = new URL("../../infra/prices.json", import.meta.url);

/** Reads the price file of the repository. */
export function readPrices(): PriceFile {
  return JSON.parse(readFileSync(PRICE_FILE, "utf8"));
}

/** Dates between which the prices were written down, as `2026-01-01` or `2026-01-01 to 2026-02-01`. */
export function datesOf({ prices }: PriceFile): string {
  const dates = Object.values(prices)
    .map(({ date }) => date)
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === last ? `${first}` : `${first} to ${last}`;
}
