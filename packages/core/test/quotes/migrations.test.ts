import { Postgres, Quotes } from "@steadfast/core/quotes";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { makeDatabase, PATIENT } from "../support/quotes-database.ts";

const bitcoin = { symbol: "BTC", currency: "USD" };

async function fresh(): Promise<Postgres> {
  return new Postgres({ settings: await makeDatabase(), ...PATIENT });
}

it("before any migration there are no quotes, which is no failure of the database", async () => {
  const postgres = await fresh();
  await expect(new Quotes(postgres).latest(bitcoin)).rejects.toMatchObject({ kind: "not_found" });
  await postgres.close();
});

it("run by several processes at once, the migrations run once", async () => {
  const settings = await makeDatabase();
  const several = Array.from({ length: 4 }, () => new Postgres({ settings, ...PATIENT }));
  await Promise.all(several.map((postgres) => postgres.migrate()));
  const [first] = several as [Postgres];
  const { rows } = await first.run((db) =>
    sql<{ name: string }>`select name from kysely_migration`.execute(db),
  );
  expect(rows).toEqual([{ name: "0001-bitcoin-quotes" }]);
  await Promise.all(several.map((postgres) => postgres.close()));
});

it("the table of the system before is taken over: its columns and quotes stay, twins go", async () => {
  const postgres = await fresh();
  await postgres.run((db) =>
    sql`create table bitcoin_quotes (
          id serial primary key, price numeric, volume_24h numeric, market_cap numeric,
          last_updated timestamptz
        )`.execute(db),
  );
  await postgres.run((db) =>
    sql`insert into bitcoin_quotes (price, volume_24h, market_cap, last_updated) values
          (1.10, 2, 3, '2026-01-31T12:00:00Z'), (1.10, 2, 3, '2026-01-31T12:00:00Z'),
          (1.2, 2, 3, '2026-01-31T12:01:00Z')`.execute(db),
  );
  await postgres.migrate();
  const quotes = new Quotes(postgres);
  const old = { ...bitcoin, volume_24h: "2", market_cap: "3", source: "coinmarketcap" as const };
  const expected = [
    { ...old, price: "1.2", last_updated: "2026-01-31T12:01:00.000Z" },
    { ...old, price: "1.10", last_updated: "2026-01-31T12:00:00.000Z" },
  ];
  expect((await quotes.list(bitcoin, { limit: 10 })).quotes).toEqual(expected);
  expect(
    await quotes.store([{ ...old, price: "9", last_updated: "2026-01-31T12:02:00.000Z" }]),
  ).toBe(1);
  expect(await quotes.store(expected)).toBe(0);
  const { rows } = await postgres.run((db) =>
    sql<{ id: number }>`select id from bitcoin_quotes order by id`.execute(db),
  );
  expect(rows.map(({ id }) => Number(id)).slice(0, 2)).toEqual([1, 3]);
  await postgres.close();
});
