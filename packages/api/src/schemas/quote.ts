import { type Static, Type } from "@sinclair/typebox";
import { DEFAULT_MARKET } from "@steadfast/core";
import { NextCursor, OneOf, ref, Timestamp } from "./text.ts";

/** Symbol of a coin or currency in a query. */
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
export type Quote = Static<typeof Quote>;

export const QuotePage = Type.Object(
  {
    items: Type.Array(ref(Quote), { description: "Quotes, newest first" }),
    next_cursor: NextCursor,
  },
  { $id: "QuotePage", description: "A page of quotes" },
);

const market = {
  symbol: Type.Optional(
    Type.String({ pattern: SYMBOL, default: DEFAULT_MARKET.symbol, description: "The coin" }),
  ),
  currency: Type.Optional(
    Type.String({
      pattern: SYMBOL,
      default: DEFAULT_MARKET.currency,
      description: "The currency of the amounts",
    }),
  ),
};

export const MarketQuery = Type.Object(market, { additionalProperties: false });

/** Default page size. */
export const DEFAULT_QUOTES = 100;

const moment = (description: string) =>
  // No example, because Swagger UI would send it, and no quotes match it.
  Type.Optional(
    Type.String({
      format: "date-time",
      description: `${description}, such as \`2026-01-31T12:00:00Z\``,
    }),
  );

export const QuotesQuery = Type.Object(
  {
    ...market,
    from: moment("Only quotes from this time on"),
    to: moment("Only quotes before this time"),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: DEFAULT_QUOTES,
        description: "Quotes on a page, at most",
      }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 300, description: "The `next_cursor` of the previous page" }),
    ),
  },
  { additionalProperties: false },
);
