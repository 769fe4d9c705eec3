import { Type } from "@sinclair/typebox";
import { DEFAULT_MARKET, Quote, SYMBOL } from "@steadfast/core";
import { NextCursor, ref } from "./common.ts";

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
  // Swagger UI would send an example, and no quotes match it.
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
