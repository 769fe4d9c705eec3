/** The price file: AWS's unit prices with their dates, and what is free. */
import { readFileSync } from "node:fs";
import { Decimal } from "decimal.js";

/** Hours of a month in AWS's examples: 365 days × 24 / 12. */
export const HOURS = new Decimal(730);

/** One price of AWS's list. */
export interface Price {
  /** US dollars per unit, as text to keep every digit. */
  usd: string;
  /** The unit, such as `hour` or `GB-month`. */
  unit: string;
  /** Day on which it was recorded, or confirmed by AWS's price API. */
  date: string;
  /** AWS's page with the price. */
  source: string;
  /** How to query AWS's price API; undefined for what is not a list price. */
  live?: LiveQuery;
  /** Anything else worth knowing. */
  note?: string;
}

/** A query to AWS's price API with a single result. */
export interface LiveQuery {
  /** AWS's service code, such as `AmazonEC2`. */
  service: string;
  /** Usage type without the region's prefix. */
  usagetype: string;
  /** Attribute with the region; `none` for worldwide prices. @default "regionCode" */
  regionField?: "regionCode" | "fromRegionCode" | "none";
  /** Further attributes to match. */
  filters?: Record<string, string>;
}

/** What every account gets for free each month, forever. */
export interface AlwaysFree {
  name: string;
  /** Prices whose quantities share it. */
  prices: string[];
  quantity: string;
  source: string;
}

/** A resource type's prices (`ec2.*` matches a prefix), or why it is free. */
export type TypePrice = { prices: string[] } | { free: string };

export interface PriceFile {
  region: string;
  currency: "USD";
  prices: Record<string, Price>;
  /** Prices of services that no stage uses and `npm run simulate` compares with; `fargate.*` matches a prefix. */
  elsewhere: string[];
  alwaysFree: AlwaysFree[];
  /** By Pulumi's type, such as `aws:lb/loadBalancer:LoadBalancer`. */
  types: Record<string, TypePrice>;
}

/** The file. */
export const PRICE_FILE = new URL("../../../infra/monitoring/prices.json", import.meta.url);

/** Reads the price file of the repository. */
export function readPrices(): PriceFile {
  return JSON.parse(readFileSync(PRICE_FILE, "utf8"));
}

/** Dates on which the prices were recorded, as `2026-01-01` or `2026-01-01 to 2026-02-01`. */
export function datesOf({ prices }: PriceFile): string {
  const dates = Object.values(prices)
    .map(({ date }) => date)
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === last ? `${first}` : `${first} to ${last}`;
}
