/** A coin and the currency in which it is quoted. */
export interface Market {
  /** The coin's symbol, e.g. `BTC`. */
  symbol: string;
  /** The currency of the amounts, e.g. `USD`. */
  currency: string;
}

/** The market of the previous system, and the default. */
export const DEFAULT_MARKET: Market = { symbol: "BTC", currency: "USD" };

/**
 * What a coin was worth at a moment. Amounts are decimal strings, digit for digit as quoted: a
 * JavaScript number would lose some.
 */
export interface Quote extends Market {
  price: string;
  volume_24h: string;
  market_cap: string;
  /** When the market was observed, ISO 8601 in UTC with milliseconds. */
  last_updated: string;
  /** `coinmarketcap`, or `stand-in` for made-up quotes, which only development and tests store. */
  source: QuoteSource;
}

export type QuoteSource = "coinmarketcap" | "stand-in";
