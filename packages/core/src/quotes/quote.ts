import { type Static, Type } from "@sinclair/typebox";
import { OneOf, Timestamp } from "../text.ts";

/** Symbol of a coin or currency. */
export const SYMBOL = "^[A-Z0-9]{1,20}$";

const DECIMAL = "^-?\\d+(\\.\\d+)?$";

const Amount = (description: string, example: string) =>
  Type.String({
    pattern: DECIMAL,
    description: `${description}; a decimal number as text, so that no digit is lost`,
    examples: [example],
  });

const Ticker = (description: string, example: string) =>
  Type.String({ pattern: SYMBOL, description, examples: [example] });

export const Quote = Type.Object(
  {
    symbol: Ticker("The coin", "BTC"),
    currency: Ticker("The currency of the amounts", "USD"),
    price: Amount("What one coin costs", "64012.18452130087431"),
    volume_24h: Amount("What was traded in 24 hours", "30517221834.0921"),
    market_cap: Amount("What all coins are worth", "1261040035069.6272"),
    last_updated: Timestamp("When the market was looked at"),
    source: OneOf(["coinmarketcap", "stand-in"], {
      description: "Where it comes from; `stand-in` is made up, for development",
      examples: ["coinmarketcap"],
    }),
  },
  { $id: "Quote", description: "What a coin was worth at a moment" },
);
/**
 * What a coin was worth at a moment. Amounts are decimal strings: a JavaScript number would lose
 * digits.
 */
export type Quote = Static<typeof Quote>;

/** `stand-in` marks made-up quotes, of development and tests. */
export type QuoteSource = Quote["source"];

/** A coin and the currency in which it is quoted. */
export type Market = Pick<Quote, "symbol" | "currency">;

/** The default, and the previous system's only one. */
export const DEFAULT_MARKET: Market = { symbol: "BTC", currency: "USD" };
