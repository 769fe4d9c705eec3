import { sql } from "kysely";
import { DomainError } from "../errors.ts";
import type { QuotePosition } from "./cursor.ts";
import type { Postgres, Schema } from "./postgres.ts";
import type { Market, Quote } from "./quote.ts";

export interface QuoteRange {
  /** Earliest moment, ISO 8601. */
  from?: string | undefined;
  /** Latest moment, exclusive, ISO 8601. */
  to?: string | undefined;
  /** 1–1000. */
  limit: number;
  /** The quote after which the page starts. */
  after?: QuotePosition | undefined;
}

/** A page of quotes, newest first. */
export interface QuotePage {
  quotes: Quote[];
  /** Where the next page starts; `undefined` at the end. */
  next: QuotePosition | undefined;
}

export const QUOTE_FIELDS = [
  "symbol",
  "currency",
  "price",
  "volume_24h",
  "market_cap",
  "last_updated",
  "source",
] as const satisfies (keyof Schema["bitcoin_quotes"])[];

/**
 * The table `bitcoin_quotes`. Every method throws a {@link DomainError} `unavailable` when the
 * database does not answer.
 */
export class Quotes {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /**
   * Stores quotes, all or none. Existing ones (same symbol, currency and `last_updated`) stay, so a
   * call can be repeated.
   * @param quotes 1–1000
   * @returns how many were new
   */
  async store(quotes: readonly Quote[]): Promise<number> {
    const { numInsertedOrUpdatedRows = 0n } = await this.#postgres.run((db) =>
      db
        .insertInto("bitcoin_quotes")
        .values([...quotes])
        .onConflict((conflict) =>
          conflict.columns(["symbol", "currency", "last_updated"]).doNothing(),
        )
        .executeTakeFirstOrThrow(),
    );
    return Number(numInsertedOrUpdatedRows);
  }

  /** The newest quote of a market. @throws DomainError `not_found` when there is none */
  async latest(market: Market): Promise<Quote> {
    const { quotes } = await this.list(market, { limit: 1 });
    if (quotes[0]) return quotes[0];
    throw new DomainError(
      "not_found",
      `There is no quote of ${market.symbol} in ${market.currency}.`,
    );
  }

  /** A page of a market's quotes, newest first. */
  async list(
    { symbol, currency }: Market,
    { from, to, limit, after }: QuoteRange,
  ): Promise<QuotePage> {
    const rows = await this.#postgres.run((db) => {
      let query = db
        .selectFrom("bitcoin_quotes")
        .select([...QUOTE_FIELDS, "id", MOMENT.as("moment")])
        .where("symbol", "=", symbol)
        .where("currency", "=", currency)
        // An older table may have quotes without a valid moment.
        .where(sql<boolean>`isfinite(last_updated)`)
        .orderBy("last_updated", "desc")
        .orderBy("id", "desc")
        // One more than asked for, to know whether this is the last page.
        .limit(limit + 1);
      if (from !== undefined) query = query.where("last_updated", ">=", new Date(from));
      if (to !== undefined) query = query.where("last_updated", "<", new Date(to));
      if (after !== undefined) {
        const { moment, id } = after;
        const row = sql<boolean>`(last_updated, id) < (${moment}::timestamptz, ${id}::bigint)`;
        query = query.where(row);
      }
      return query.execute();
    });
    const quotes = rows.slice(0, limit).map(({ id, moment, last_updated, ...row }) => ({
      ...row,
      last_updated: last_updated.toISOString(),
    }));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { quotes, next: last && { moment: last.moment, id: last.id } };
  }
}

/** JavaScript dates have milliseconds only. */
const MOMENT = sql<string>`to_char(last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
