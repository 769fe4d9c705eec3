/** Current prices from AWS's price API. */
import { Decimal } from "decimal.js";
import type { Price, PriceFile } from "./prices.ts";

/** Region of the price API, which has the prices of every region. */
const API_REGION = "us-east-1";

/** Concurrent requests; AWS accepts about ten a second. */
const AT_ONCE = 5;

/** As in `EUC1-BoxUsage:t4g.small` or `eu-central-1-KMS-Keys`. */
const REGION_PREFIX = /^([A-Z]{2,4}\d*|[a-z]+-[a-z]+-\d)-/;

/** A price that differs by more than this factor belongs to something else, such as another unit. */
const TOO_FAR = 3;

/** A price that differs from the price file. */
export interface Change {
  key: string;
  before: string;
  now: string;
}

export interface Live {
  prices: PriceFile;
  changes: Change[];
  /** Prices that could not be fetched or understood, and why; the file's are kept. */
  kept: { key: string; why: string }[];
}

/** The needed part of a product in AWS's price list, in the API's format `aws_v1`. */
interface Product {
  product: { attributes: Record<string, string> };
  terms: {
    OnDemand?: Record<
      string,
      {
        priceDimensions: Record<
          string,
          { unit: string; beginRange?: string; pricePerUnit: { USD?: string } }
        >;
      }
    >;
  };
}

/**
 * Fetches every price of the file for the region that the stage is deployed to.
 *
 * Uses the query API, because the public files have hundreds of MB for EC2 alone. Needs
 * `pricing:GetProducts`; requests are free. `AWS_ENDPOINT_URL_PRICING` sets another address.
 *
 * @throws When AWS cannot be asked at all, for example without credentials.
 */
export async function livePrices(file: PriceFile, region: string, today: string): Promise<Live> {
  const { PricingClient } = await import("@aws-sdk/client-pricing");
  const client = new PricingClient({ region: API_REGION });
  const live: Live = { prices: structuredClone(file), changes: [], kept: [] };
  live.prices.region = region;
  try {
    const keys = Object.keys(file.prices);
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let key = keys.shift(); key; key = keys.shift()) {
        await refresh(live, key, (price) => listPrice(client, price, region), today);
      }
    });
    await Promise.all(workers);
  } finally {
    client.destroy();
  }
  return live;
}

type Client = InstanceType<typeof import("@aws-sdk/client-pricing").PricingClient>;

/** An unusable answer of AWS. */
class Unclear extends Error {}

async function refresh(
  { prices, changes, kept }: Live,
  key: string,
  ask: (price: Price) => Promise<Decimal>,
  today: string,
): Promise<void> {
  const price = prices.prices[key] as Price;
  try {
    const now = await ask(price);
    const times = now.div(price.usd);
    if (times.gt(TOO_FAR) || times.lt(1 / TOO_FAR))
      throw new Unclear(
        `AWS says ${now.toFixed()}, which must be for another unit than "${price.unit}"`,
      );
    if (!now.equals(price.usd)) {
      changes.push({ key, before: price.usd, now: now.toFixed() });
      price.usd = now.toFixed();
    }
    price.date = today;
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    kept.push({ key, why: error.message });
  }
}

async function listPrice(client: Client, { live }: Price, region: string): Promise<Decimal> {
  if (!live) throw new Unclear("is not in AWS's price list");
  const { paginateGetProducts } = await import("@aws-sdk/client-pricing");
  const { regionField = "regionCode" } = live;
  const filters = Object.entries({
    ...(regionField !== "none" && { [regionField]: region }),
    ...live.filters,
  });
  const pages = paginateGetProducts(
    { client },
    {
      ServiceCode: live.service,
      FormatVersion: "aws_v1",
      Filters: filters.map(([Field, Value]) => ({ Type: "TERM_MATCH" as const, Field, Value })),
    },
  );
  const found = new Set<string>();
  for await (const { PriceList = [] } of pages) {
    for (const entry of PriceList) {
      const usd = usdOf(JSON.parse(String(entry)), live.usagetype);
      if (usd) found.add(new Decimal(usd).toFixed());
    }
  }
  const [usd, ...more] = found;
  if (!usd) throw new Unclear(`AWS has no "${live.usagetype}" in ${region}`);
  if (more.length > 0)
    throw new Unclear(`AWS has ${found.size} prices of "${live.usagetype}" in ${region}`);
  return new Decimal(usd);
}

/**
 * A product's price, if it is the right one. In most regions the usage type starts with the region's
 * prefix. Of tiered prices the first that is not free counts.
 */
function usdOf({ product, terms }: Product, usagetype: string): string | undefined {
  const name = product.attributes.usagetype ?? "";
  if (name !== usagetype && name.replace(REGION_PREFIX, "") !== usagetype) return undefined;
  return Object.values(terms.OnDemand ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .sort((one, other) => Number(one.beginRange ?? 0) - Number(other.beginRange ?? 0))
    .map(({ pricePerUnit }) => pricePerUnit.USD)
    .find((usd) => usd !== undefined && Number(usd) > 0);
}
