import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * By name, in order. Code, so that they are in the bundle. Never change a released one; add
 * another.
 */
export const migrations: Record<string, Migration> = {
  /** The table of the system that this one replaces: created, or taken over with its quotes. */
  "0001-bitcoin-quotes": {
    async up(db: Kysely<unknown>) {
      await sql`
        create table if not exists bitcoin_quotes (
          id bigint generated always as identity primary key,
          price numeric not null,
          volume_24h numeric not null,
          market_cap numeric not null,
          last_updated timestamptz not null
        )`.execute(db);
      await sql`
        alter table bitcoin_quotes
          add column if not exists symbol text not null default 'BTC',
          add column if not exists currency text not null default 'USD',
          add column if not exists source text not null default 'coinmarketcap'`.execute(db);
      // The previous system stored each quote as often as it received it.
      await sql`
        delete from bitcoin_quotes twin using bitcoin_quotes first
        where twin.id > first.id and twin.last_updated = first.last_updated
          and twin.symbol = first.symbol and twin.currency = first.currency`.execute(db);
      await sql`
        create unique index bitcoin_quotes_once
          on bitcoin_quotes (symbol, currency, last_updated)`.execute(db);
    },
  },
};
