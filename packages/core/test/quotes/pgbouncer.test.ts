import { Postgres, type Quote, Quotes } from "@steadfast/core/quotes";
import { findPostgresServer } from "@steadfast/local";
import { expect, it, onTestFinished } from "vitest";
import { hasPgBouncer, startPgBouncer } from "../support/pgbouncer.ts";
import { makeDatabase, PATIENT } from "../support/quotes-database.ts";

it.skipIf(!hasPgBouncer || !findPostgresServer())(
  "with PgBouncer in front of it, Postgres is migrated, written and read",
  async () => {
    const bouncer = await startPgBouncer(await makeDatabase());
    onTestFinished(() => bouncer.stop());
    const postgres = new Postgres({ settings: bouncer.settings, ...PATIENT });
    onTestFinished(() => postgres.close());
    await postgres.migrate();
    const quotes = new Quotes(postgres);
    const quote: Quote = {
      symbol: "BTC",
      currency: "USD",
      price: "64000.10",
      volume_24h: "1",
      market_cap: "2",
      last_updated: "2026-01-31T12:00:00.000Z",
      source: "coinmarketcap",
    };
    await Promise.all(Array.from({ length: 20 }, () => quotes.store([quote])));
    expect(await quotes.latest(quote)).toEqual(quote);
  },
);
