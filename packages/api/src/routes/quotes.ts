import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  DEFAULT_MARKET,
  decodeQuoteCursor,
  encodeQuoteCursor,
  type Market,
  Quote,
  type QuotePosition,
} from "@steadfast/core";
import type { Quotes } from "@steadfast/core/quotes";
import { HttpProblem, wrongFields } from "../problems.ts";
import { ref } from "../schemas/common.ts";
import { problems } from "../schemas/problem.ts";
import { DEFAULT_QUOTES, MarketQuery, QuotePage, QuotesQuery } from "../schemas/quote.ts";

export interface QuotesOptions {
  /** Without it the answer is 404. */
  quotes: Quotes | undefined;
}

/** Quotes stored by the collector. */
export const quotesRoutes: FastifyPluginAsyncTypebox<QuotesOptions> = async (app, options) => {
  app.get(
    "/quotes/latest",
    {
      schema: {
        operationId: "getLatestQuote",
        tags: ["Quotes"],
        summary: "Read a market's newest quote",
        description: "404 where no quotes are collected, or none of this market yet.",
        security: [],
        querystring: MarketQuery,
        response: { 200: ref(Quote), ...problems(400, 404) },
      },
    },
    (request) => quotesOf(options).latest({ ...DEFAULT_MARKET, ...request.query }),
  );

  app.get(
    "/quotes",
    {
      schema: {
        operationId: "listQuotes",
        tags: ["Quotes"],
        summary: "List a market's quotes, newest first",
        description: "Paged: pass `next_cursor` as `cursor` to get the next page.",
        security: [],
        querystring: QuotesQuery,
        response: { 200: ref(QuotePage), ...problems(400, 404) },
      },
    },
    async (request) => {
      const { symbol, currency, from, to, limit = DEFAULT_QUOTES, cursor } = request.query;
      const market = {
        symbol: symbol ?? DEFAULT_MARKET.symbol,
        currency: currency ?? DEFAULT_MARKET.currency,
      };
      const after = cursor === undefined ? undefined : readCursor(market, cursor);
      const page = await quotesOf(options).list(market, { from, to, limit, after });
      return {
        items: page.quotes,
        next_cursor: page.next ? encodeQuoteCursor(market, page.next) : null,
      };
    },
  );
};

function quotesOf({ quotes }: QuotesOptions): Quotes {
  if (quotes) return quotes;
  throw new HttpProblem(404, "No quotes are collected here.");
}

function readCursor(market: Market, cursor: string): QuotePosition {
  const position = decodeQuoteCursor(market, cursor);
  if (position !== undefined) return position;
  const detail = "is not a next_cursor of this list";
  throw wrongFields({ in: "query", pointer: "#/cursor", detail });
}
