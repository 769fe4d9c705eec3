import type { Market } from "./quote.ts";

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * An opaque cursor: the quote of a market after which the next page starts.
 *
 * @param lastUpdated of that quote
 * @example
 * ```ts
 * decodeQuoteCursor(bitcoin, encodeQuoteCursor(bitcoin, lastUpdated)); // lastUpdated
 * decodeQuoteCursor(ether, encodeQuoteCursor(bitcoin, lastUpdated)); // undefined: another market's
 * ```
 */
export function encodeQuoteCursor({ symbol, currency }: Market, lastUpdated: string): string {
  return Buffer.from(`${symbol} ${currency} ${lastUpdated}`).toString("base64url");
}

/** Reads a cursor. @returns `undefined` when it is no cursor, or one of another market */
export function decodeQuoteCursor(market: Market, cursor: string): string | undefined {
  const date = Buffer.from(cursor, "base64url").toString().split(" ").at(-1) ?? "";
  if (!DATE.test(date) || Number.isNaN(Date.parse(date))) return undefined;
  // Decoding is lenient; only what we would write ourselves is taken.
  return encodeQuoteCursor(market, date) === cursor ? date : undefined;
}
