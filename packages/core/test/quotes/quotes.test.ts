import { DomainError, Postgres, type Quote, type QuotePage, Quotes } from "@steadfast/core/quotes";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeDatabase, PATIENT } from "../support/quotes-database.ts";

const settings = await makeDatabase();
const postgres = new Postgres({ settings, ...PATIENT });
const quotes = new Quotes(postgres);
const bitcoin = { symbol: "BTC", currency: "USD" };

const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString();

function quote(minute: number, fields: Partial<Quote> = {}): Quote {
  return {
    ...bitcoin,
    price: `64000.${minute}`,
    volume_24h: "30517221834.09",
    market_cap: "1261040035069.62",
    last_updated: at(minute),
    source: "coinmarketcap",
    ...fields,
  };
}

beforeAll(() => postgres.migrate());
afterAll(() => postgres.close());
beforeEach(async () => {
  await postgres.run((db) => sql`truncate bitcoin_quotes`.execute(db));
});

describe("store", () => {
  it.each([
    "64012.18452130087431230001",
    "0.000000000000000000123456789",
    "123456789012345678901234567890.123456789",
    "64000.10",
    "0",
  ])("keeps every digit of %s", async (price) => {
    await quotes.store([quote(0, { price, volume_24h: price, market_cap: price })]);
    expect(await quotes.latest(bitcoin)).toEqual(
      quote(0, { price, volume_24h: price, market_cap: price }),
    );
  });

  it("stores a quote once, however often and by whomever, and keeps the first", async () => {
    const other = new Postgres({ settings, ...PATIENT });
    const stores = [quotes, new Quotes(other)];
    const calls = Array.from({ length: 10 }, (_, i) =>
      (stores[i % 2] as Quotes).store([quote(1), quote(2), quote(3)]),
    );
    const counts = await Promise.all(calls);
    expect(counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(await quotes.store([quote(2, { price: "1" }), quote(4)])).toBe(1);
    const { quotes: all } = await quotes.list(bitcoin, { limit: 10 });
    expect(all).toEqual([quote(4), quote(3), quote(2), quote(1)]);
    await other.close();
  });

  it("takes the same moment of another coin or currency for another quote", async () => {
    const moments = [quote(1), quote(1, { symbol: "ETH" }), quote(1, { currency: "EUR" })];
    expect(await quotes.store(moments)).toBe(3);
    expect(await quotes.latest({ symbol: "ETH", currency: "USD" })).toEqual(moments[1]);
  });

  it("stores all or none", async () => {
    const wrong = quote(2, { price: "a lot" });
    await expect(quotes.store([quote(1), wrong])).rejects.toThrow(/invalid input syntax/);
    expect((await quotes.list(bitcoin, { limit: 10 })).quotes).toEqual([]);
  });
});

describe("latest", () => {
  it("is the newest by its moment, not by when it was stored", async () => {
    await quotes.store([quote(5), quote(3), quote(4)]);
    expect(await quotes.latest(bitcoin)).toEqual(quote(5));
  });

  it("of a market without quotes is not found", async () => {
    await expect(quotes.latest({ symbol: "ETH", currency: "USD" })).rejects.toMatchObject({
      kind: "not_found",
      message: "There is no quote of ETH in USD.",
    });
  });
});

describe("list", () => {
  const minutes = ({ quotes: page }: { quotes: Quote[] }) =>
    page.map(({ last_updated }) => new Date(last_updated).getUTCMinutes());

  beforeEach(async () => {
    await quotes.store([1, 2, 3, 4, 5].map((minute) => quote(minute)));
    await quotes.store([quote(9, { symbol: "ETH" })]);
  });

  it("gives each quote once, page by page, newest first", async () => {
    const first = await quotes.list(bitcoin, { limit: 2 });
    const second = await quotes.list(bitcoin, { limit: 2, after: first.next });
    const third = await quotes.list(bitcoin, { limit: 2, after: second.next });
    expect([first, second, third].map(minutes)).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.next).toBeUndefined();
  });

  it("knows that a full page is the last", async () => {
    expect((await quotes.list(bitcoin, { limit: 5 })).next).toBeUndefined();
  });

  it("begins with `from` and ends before `to`", async () => {
    const range = { from: at(2), to: at(4), limit: 10 };
    expect(minutes(await quotes.list(bitcoin, range))).toEqual([3, 2]);
    const { next } = await quotes.list(bitcoin, { ...range, limit: 1 });
    expect(minutes(await quotes.list(bitcoin, { ...range, after: next }))).toEqual([2]);
    expect(minutes(await quotes.list(bitcoin, { to: at(3), limit: 10 }))).toEqual([2, 1]);
  });
});

it("pages through a table that has microseconds, and several rows of one moment, and none of some", async () => {
  const elsewhere = new Postgres({ settings: await makeDatabase(), ...PATIENT });
  await elsewhere.migrate();
  await elsewhere.run((db) => sql`drop index bitcoin_quotes_once`.execute(db));
  await elsewhere.run((db) =>
    sql`insert into bitcoin_quotes (price, volume_24h, market_cap, last_updated)
        select n, 1, 1, '2026-01-31T12:00:00Z'::timestamptz + (n / 3) * interval '1 microsecond'
        from generate_series(1, 50) n`.execute(db),
  );
  await elsewhere.run((db) =>
    sql`alter table bitcoin_quotes alter column last_updated drop not null`.execute(db),
  );
  await elsewhere.run((db) =>
    sql`insert into bitcoin_quotes (price, volume_24h, market_cap, last_updated)
        values (0, 1, 1, null), (0, 1, 1, 'infinity')`.execute(db),
  );
  const list = new Quotes(elsewhere);
  const prices: string[] = [];
  let after: QuotePage["next"];
  do {
    const page = await list.list(bitcoin, { limit: 4, after });
    prices.push(...page.quotes.map(({ price }) => price));
    after = page.next;
  } while (after);
  expect(prices).toEqual(Array.from({ length: 50 }, (_, i) => `${50 - i}`));
  await elsewhere.close();
});

it("reports what the database says to a wrong query as the bug that it is", async () => {
  const wrong = postgres.run((db) => sql`selekt`.execute(db));
  await expect(wrong).rejects.not.toBeInstanceOf(DomainError);
});
