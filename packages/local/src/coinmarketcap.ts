import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Quote } from "@steadfast/core/quotes";
import { type MadeUpAmounts, madeUpAmounts } from "./market.ts";

/** The stand-in accepts it. */
export const STAND_IN_KEY = "stand-in";

/** As CoinMarketCap documents them, with HTTP status and message. */
export const ERROR_CODES = {
  1001: [401, "This API Key is invalid."],
  1002: [401, "API key missing."],
  1003: [402, "Your API Key must be activated. Please go to pro.coinmarketcap.com/account/plan."],
  1004: [402, "Your API Key's subscription plan has expired."],
  1005: [403, "An API Key is required for this call."],
  1006: [403, "Your API Key subscription plan doesn't support this endpoint."],
  1007: [403, "This API Key has been disabled. Please contact support."],
  1008: [
    429,
    "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every minute.",
  ],
  1009: [429, "You've exceeded your API Key's daily rate limit."],
  1010: [429, "You've exceeded your API Key's monthly rate limit."],
  1011: [429, "You've hit an IP rate limit."],
} as const satisfies Record<number, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * Faults of an answer:
 * - an {@link ErrorCode}, possibly with a `Retry-After` header
 * - `400`, `500`, `502`: that status; 502 with HTML, as from a proxy
 * - `hang`: no answer. `slow`: late
 * - `hangup`: the connection breaks. `truncated`: within the answer
 * - `garbage`: no JSON. `types`: amounts as text. `missing`: one field less. `huge`: too large
 * - `duplicate`: the previous answer again. `old`: an unseen quote from before the last
 * - `skew`: `last_updated` an hour ahead of the answer's `timestamp`
 */
export type Trouble =
  | ErrorCode
  | { code: ErrorCode; retryAfter: number | string }
  | 400
  | 500
  | 502
  | "hang"
  | "slow"
  | "hangup"
  | "truncated"
  | "garbage"
  | "types"
  | "missing"
  | "huge"
  | "duplicate"
  | "old"
  | "skew";

export interface StandInOptions {
  /** On 127.0.0.1. @default a free one */
  port?: number;
  /** Milliseconds between changes of the market. @default 1000 */
  updateEvery?: number;
  /** Milliseconds of delay of a slow answer. @default 1500 */
  slowness?: number;
  /** Chooses the fault of answers without a planned one. @default none */
  choose?: () => Trouble | undefined;
}

/** The part of CoinMarketCap's API that the collector uses, on a made-up market. */
export interface StandIn {
  url: string;
  /** Distinct quotes in its good answers so far, in order. */
  answered: ReadonlyMap<string, Quote>;
  /** Queries so far. */
  requests: string[];
  /** Faults for the next answers, in order; `undefined` is a good one. */
  trouble(...next: (Trouble | undefined)[]): void;
  stop(): Promise<void>;
}

const ENDPOINT = "/v1/cryptocurrency/quotes/latest";

/** Starts a stand-in for CoinMarketCap's API, with every kind of fault on demand. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { port = 0, updateEvery = 1000, slowness = 1500, choose = () => undefined } = options;
  const market = new Market(updateEvery);
  const planned: (Trouble | undefined)[] = [];
  const requests: string[] = [];
  const answered = new Map<string, Quote>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    const refused = refusal(request, url);
    if (refused) return void sendError(response, ...refused);
    requests.push(url.search);
    const trouble = planned.length > 0 ? planned.shift() : choose();
    if (trouble === "slow") await sleep(slowness);
    if (isFailure(trouble)) return void fail(response, trouble);
    const quotes = market.quotes(url.searchParams, trouble);
    response.once("finish", () => {
      if (trouble === "skew") return;
      for (const quote of quotes) answered.set(keyOf(quote), quote);
    });
    sendJson(response, 200, answer(quotes));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    requests,
    trouble: (...next) => void planned.push(...next),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What identifies a quote. */
export function keyOf({ symbol, currency, last_updated }: Quote): string {
  return `${symbol} ${currency} ${last_updated}`;
}

/** Milliseconds by which `skew` is ahead. */
const SKEW = 3_600_000;

/** The quotes of each moment, with faults of time. */
class Market {
  readonly #updateEvery: number;
  #told: Quote[] = [];
  #oldest = Number.POSITIVE_INFINITY;

  constructor(updateEvery: number) {
    this.#updateEvery = updateEvery;
  }

  quotes(query: URLSearchParams, trouble: Trouble | undefined): Quote[] {
    if (trouble === "duplicate" && this.#told.length > 0) return this.#told;
    const current = Math.floor(Date.now() / this.#updateEvery) * this.#updateEvery;
    if (trouble === "skew") return quotesOf(query, current + SKEW);
    // Before every quote so far, so that it is both new and old.
    const before = Math.min(this.#oldest, current) - this.#updateEvery;
    const moment = trouble === "old" ? before : current;
    this.#oldest = Math.min(this.#oldest, moment);
    this.#told = quotesOf(query, moment);
    return this.#told;
  }
}

function quotesOf(query: URLSearchParams, moment: number): Quote[] {
  const currency = query.get("convert") ?? "USD";
  return (query.get("symbol") ?? "").split(",").map((symbol) => ({
    symbol,
    currency,
    ...madeUpAmounts(symbol, moment / 1000),
    last_updated: new Date(moment).toISOString(),
    source: "stand-in",
  }));
}

function refusal({ headers, method }: IncomingMessage, url: URL): ErrorArguments | undefined {
  if (method !== "GET" || url.pathname !== ENDPOINT) return [404, 404, "Not Found"];
  const key = headers["x-cmc_pro_api_key"];
  if (key === undefined) return [401, 1002, ERROR_CODES[1002][1]];
  if (key !== STAND_IN_KEY) return [401, 1001, ERROR_CODES[1001][1]];
  return undefined;
}

type Failing = Exclude<Trouble, "slow" | "duplicate" | "old" | "skew">;

function isFailure(trouble: Trouble | undefined): trouble is Failing {
  return trouble !== undefined && !["slow", "duplicate", "old", "skew"].includes(trouble as string);
}

function fail(response: ServerResponse, trouble: Failing): void {
  if (typeof trouble === "string") {
    TRICKS[trouble](response);
    return;
  }
  const { code, retryAfter } = typeof trouble === "object" ? trouble : { code: trouble };
  if (code === 502) {
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
  } else if (code === 400 || code === 500) {
    sendError(response, code, code, "Something went wrong.", retryAfter);
  } else sendError(response, ERROR_CODES[code][0], code, ERROR_CODES[code][1], retryAfter);
}

/** Answers that break the protocol or the documentation. */
const TRICKS: Record<Extract<Failing, string>, (response: ServerResponse) => void> = {
  hang() {},
  hangup(response) {
    response.destroy();
  },
  truncated(response) {
    response.writeHead(200, { "content-length": 1000 });
    response.write('{"status": {', () => response.destroy());
  },
  garbage(response) {
    sendJson(response, 200, "{status: ok");
  },
  types(response) {
    sendJson(response, 200, bitcoin().replace(/"price":([\d.]+)/, '"price":"$1"'));
  },
  missing(response) {
    sendJson(response, 200, bitcoin().replace(/"market_cap":[\d.]+,/, ""));
  },
  huge(response) {
    sendJson(response, 200, `[${"0,".repeat(4_000_000)}0]`);
  },
};

/** A good answer, to be corrupted. */
function bitcoin(): string {
  return answer(quotesOf(new URLSearchParams("symbol=BTC"), Date.now()));
}

type ErrorArguments = [status: number, code: number, message: string];

function sendError(
  response: ServerResponse,
  status: number,
  error_code: number,
  error_message: string,
  retryAfter?: number | string,
): void {
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  const timestamp = new Date().toISOString();
  const about = { timestamp, error_code, error_message, elapsed: 10, credit_count: 0 };
  sendJson(response, status, JSON.stringify({ status: about }));
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(body);
}

/** Built by hand where numbers have more digits than JSON.stringify keeps. */
function answer(quotes: Quote[]): string {
  const timestamp = new Date().toISOString();
  const status = {
    timestamp,
    error_code: 0,
    error_message: null,
    elapsed: 10,
    credit_count: 1,
    notice: null,
  };
  const coins = quotes.map((quote, index) => coin(quote, index));
  return `{"status":${JSON.stringify(status)},"data":{${coins.join(",")}}}`;
}

function coin({ symbol, currency, last_updated, ...amounts }: Quote, index: number): string {
  const about = {
    id: index + 1,
    name: symbol,
    symbol,
    slug: symbol.toLowerCase(),
    num_market_pairs: 500,
    date_added: "2013-04-28T00:00:00.000Z",
    tags: ["mineable"],
    max_supply: 21_000_000,
    cmc_rank: index + 1,
    last_updated,
  };
  const { price, volume_24h, market_cap }: MadeUpAmounts = amounts;
  const quote =
    `{"price":${price},"volume_24h":${volume_24h},"percent_change_1h":-0.152774,` +
    `"market_cap":${market_cap},"last_updated":${JSON.stringify(last_updated)}}`;
  const text = JSON.stringify(about).slice(0, -1);
  return `${JSON.stringify(symbol)}:${text},"quote":{${JSON.stringify(currency)}:${quote}}}`;
}
