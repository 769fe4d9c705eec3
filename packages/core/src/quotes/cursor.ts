import type { Market } from "./quote.ts";

/** A quote's place in its market's list. */
export interface QuotePosition {
  /** ISO 8601 in UTC with microseconds. */
  moment: string;
  /** The row's `id`, for quotes of the same moment. */
  id: string;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const ID = /^\d{1,18}$/;

/** An opaque cursor: the quote of a market after which the next page starts. */
export function encodeQuoteCursor({ symbol, currency }: Market, position: QuotePosition): string {
  return Buffer.from(`${symbol} ${currency} ${position.moment} ${position.id}`).toString(
    "base64url",
  );
}

/** Reads a cursor. @returns `undefined` for an invalid cursor or another market's */
export function decodeQuoteCursor(market: Market, cursor: string): QuotePosition | undefined {
  const [moment = "", id = ""] = Buffer.from(cursor, "base64url").toString().split(" ").slice(2);
  if (!MOMENT.test(moment) || !isMoment(moment) || !ID.test(id)) return undefined;
  // Decoding is lenient; accept only what we would encode.
  return encodeQuoteCursor(market, { moment, id }) === cursor ? { moment, id } : undefined;
}

/** Whether the moment exists, as Postgres requires: no year 0, no 30th of February. */
function isMoment(text: string): boolean {
  const date = new Date(text);
  return date.getUTCFullYear() > 0 && date.toISOString().slice(0, 19) === text.slice(0, 19);
}
