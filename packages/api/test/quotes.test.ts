import { Postgres, type Quote, Quotes } from "@steadfast/core/quotes";
import { findPostgresServer, startPostgresServer } from "@steadfast/local";
import { afterAll, describe, expect, it } from "vitest";
import { makeDatabase, PATIENT, settingsOf } from "../../core/test/support/quotes-database.ts";
import { Dependencies } from "../src/dependencies.ts";
import { startApi } from "./support/api.ts";

/**
 * An answer comes within a second with timeouts, and never without; the rest is slack for a busy
 * machine.
 */
const SOON = 10_000;

const postgres = new Postgres({ settings: await makeDatabase(), ...PATIENT });
const quotes = new Quotes(postgres);
const { call } = await startApi({ quotes });
const without = await startApi();

afterAll(() => postgres.close());

function quote(minute: number, fields: Partial<Quote> = {}): Quote {
  return {
    symbol: "BTC",
    currency: "USD",
    price: `64012.184521300874312300${minute}`,
    volume_24h: "30517221834.09",
    market_cap: "1261040035069.62",
    last_updated: new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString(),
    source: "coinmarketcap",
    ...fields,
  };
}

const TIME = "2026-01-31T12:0";

it("before the first quote there is none, which is a 404", async () => {
  expect((await call("GET", "/quotes/latest")).statusCode).toBe(404);
  await postgres.migrate();
  const answer = await call("GET", "/quotes/latest");
  expect([answer.statusCode, answer.json().detail]).toEqual([
    404,
    "There is no quote of BTC in USD.",
  ]);
  expect((await call("GET", "/quotes")).json()).toEqual({ items: [], next_cursor: null });
});

describe("with quotes", async () => {
  it("GET /quotes/latest is the newest, with every digit", async () => {
    await quotes.store([1, 2, 3, 4, 5].map((minute) => quote(minute)));
    await quotes.store([quote(7, { symbol: "ETH" }), quote(8, { currency: "EUR" })]);
    const answer = await call("GET", "/quotes/latest/");
    expect([answer.statusCode, answer.json()]).toEqual([200, quote(5)]);
    expect((await call("GET", "/quotes/latest?symbol=ETH")).json()).toEqual(
      quote(7, { symbol: "ETH" }),
    );
    expect((await call("GET", "/quotes/latest?currency=EUR")).json()).toEqual(
      quote(8, { currency: "EUR" }),
    );
  });

  it("GET /quotes pages through all of a market, each once, newest first", async () => {
    const seen: Quote[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const url: string = `/quotes?limit=2${cursor && `&cursor=${cursor}`}`;
      const page = (await call("GET", url)).json<{ items: Quote[]; next_cursor: string | null }>();
      seen.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1].map((minute) => quote(minute)));
  });

  it("GET /quotes is limited to a time", async () => {
    const { items } = (await call("GET", `/quotes?from=${TIME}2:00Z&to=${TIME}4:00Z`)).json();
    expect(items).toEqual([quote(3), quote(2)]);
    const east = encodeURIComponent(`${TIME}5:00+00:00`);
    expect((await call("GET", `/quotes?from=${east}`)).json().items).toEqual([quote(5)]);
  });

  it.each([
    ["/quotes/latest?symbol=btc", "#/symbol"],
    ["/quotes/latest?limit=1", "#/limit"],
    ["/quotes?from=yesterday", "#/from"],
    ["/quotes?to=2026-01-31", "#/to"],
    ["/quotes?from=2026-12-31T23:59:60Z", "#/from"],
    ["/quotes?from=2026-06-30T23:60:00%2B00:01", "#/from"],
    ["/quotes?to=2026-01-01T00:59:60%2B01:00", "#/to"],
    ["/quotes?from=0000-01-01T00:00:00Z", "#/from"],
    ["/quotes?from=0001-01-01T00:00:00%2B14:00", "#/from"],
    ["/quotes?to=9999-12-31T23:59:59-14:00", "#/to"],
    ["/quotes?to=2026-02-30T00:00:00Z", "#/to"],
    ["/quotes?limit=0", "#/limit"],
    ["/quotes?limit=1001", "#/limit"],
    ["/quotes?limit=Infinity", "#/limit"],
    ["/quotes?limit=-1e999", "#/limit"],
    ["/quotes?cursor=abc", "#/cursor"],
    ["/quotes?currency=U'S", "#/currency"],
    ["/quotes?page=2", "#/page"],
  ])("GET %s is refused with the field at fault", async (url, pointer) => {
    const answer = await call("GET", url);
    expect([answer.statusCode, answer.json().errors]).toMatchObject([
      400,
      [{ in: "query", pointer }],
    ]);
  });

  it.each(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-01-31t12:00:00z"])(
    "GET /quotes knows the moment %s",
    async (moment) => {
      for (const name of ["from", "to"])
        expect((await call("GET", `/quotes?${name}=${moment}`)).statusCode).toBe(200);
    },
  );

  it("a cursor of another market is refused", async () => {
    const { next_cursor } = (await call("GET", "/quotes?limit=2")).json();
    const answer = await call("GET", `/quotes?symbol=ETH&cursor=${next_cursor}`);
    expect(answer.statusCode).toBe(400);
  });
});

it.each(["/quotes", "/quotes/latest"])(
  "where no quotes are collected, %s is a 404",
  async (url) => {
    const answer = await without.call("GET", url);
    expect([answer.statusCode, answer.json().detail]).toEqual([
      404,
      "No quotes are collected here.",
    ]);
  },
);

describe.skipIf(!findPostgresServer())("while Postgres is away", () => {
  it.each(["crash", "freeze"] as const)(
    "(%s) quotes are a 503 soon, all else goes on, and they come back by themselves",
    async (how) => {
      const server = await startPostgresServer();
      const away = new Postgres({ settings: settingsOf(server) });
      try {
        await away.migrate();
        const dependencies = new Dependencies({ Postgres: () => away.ping() });
        const api = await startApi({ quotes: new Quotes(away), dependencies });
        const ask = () => api.call("GET", "/quotes");
        await expect.poll(async () => (await ask()).statusCode).toBe(200);
        await server[how]();
        const began = performance.now();
        const answer = await ask();
        expect(performance.now() - began).toBeLessThan(SOON);
        expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "1"]);
        expect(answer.body).not.toMatch(/ECONN|postgres|127\.0\.0\.1|terminat/i);
        expect((await api.call("GET", "/health/ready")).statusCode).toBe(200);
        const deep = await api.call("GET", "/health/deep");
        expect([deep.statusCode, deep.json().detail]).toEqual([503, "Postgres did not answer."]);
        expect(api.log).toContainEqual(
          expect.objectContaining({ msg: "unavailable", dependency: "Postgres" }),
        );
        await (how === "crash" ? server.start() : server.thaw());
        await expect.poll(async () => (await ask()).statusCode).toBe(200);
      } finally {
        await away.close();
        server.thaw();
        await server.stop();
      }
    },
  );
});
