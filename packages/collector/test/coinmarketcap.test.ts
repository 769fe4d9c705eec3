import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ERROR_CODES,
  type ErrorCode,
  STAND_IN_KEY,
  startStandIn,
  type Trouble,
} from "@steadfast/local";
import { afterAll, describe, expect, it } from "vitest";
import { CoinMarketCap, type CoinMarketCapOptions } from "../src/coinmarketcap.ts";
import { Failure } from "../src/failure.ts";

const market = await startStandIn({ slowness: 50 });
afterAll(() => market.stop());

function client(options: Partial<CoinMarketCapOptions> = {}): CoinMarketCap {
  return new CoinMarketCap({
    url: market.url,
    apiKey: STAND_IN_KEY,
    timeout: 20_000,
    symbols: ["BTC"],
    currency: "USD",
    source: "stand-in",
    ...options,
  });
}

async function failure(
  trouble: Trouble,
  options: Partial<CoinMarketCapOptions> = {},
): Promise<Failure> {
  market.trouble(trouble);
  const error = await client(options)
    .latest()
    .catch((caught) => caught);
  expect(error).toBeInstanceOf(Failure);
  return error;
}

it("asks for all coins at once, and gets what was answered, digit for digit", async () => {
  const quotes = await client({ symbols: ["BTC", "ETH"], currency: "EUR" }).latest();
  expect(market.requests.at(-1)).toBe("?symbol=BTC%2CETH&convert=EUR");
  expect(quotes.map(({ symbol, currency }) => `${symbol} ${currency}`)).toEqual([
    "BTC EUR",
    "ETH EUR",
  ]);
  expect(quotes).toEqual([...market.answered.values()].slice(-2));
  expect(quotes[0]?.price).toMatch(/^\d+\.\d{20}$/);
});

it("waits for an answer that is slow", async () => {
  market.trouble("slow");
  expect(await client().latest()).toHaveLength(1);
});

describe("CoinMarketCap's errors", () => {
  const NAMES: Record<ErrorCode, [name: string, remedy: string]> = {
    1001: ["ApiKeyInvalid", "refused"],
    1002: ["ApiKeyMissing", "refused"],
    1003: ["PlanRequiresPayment", "refused"],
    1004: ["PlanPaymentExpired", "refused"],
    1005: ["ApiKeyRequired", "refused"],
    1006: ["PlanNotAuthorized", "refused"],
    1007: ["ApiKeyDisabled", "refused"],
    1008: ["MinuteLimit", "wait"],
    1009: ["DailyLimit", "wait"],
    1010: ["MonthlyLimit", "wait"],
    1011: ["IpLimit", "wait"],
  };

  it.each(Object.entries(NAMES))("%s is %j", async (code, [name, remedy]) => {
    const error = await failure(Number(code) as ErrorCode);
    expect(error).toMatchObject({ name, remedy });
    expect(error.wait).toBeGreaterThanOrEqual(60);
    expect(error.message).toContain(ERROR_CODES[Number(code) as ErrorCode][1]);
    expect(error.message).toContain(`(code ${code})`);
  });

  it.each([
    ["7", 7],
    ["0", 0],
    ["120.5", 121],
    [" 7 ", 7],
    ["9999999", 86_400],
    [new Date(0).toUTCString(), 0],
  ])("Retry-After: %s is what is waited", async (retryAfter, wait) => {
    expect(await failure({ code: 1008, retryAfter })).toMatchObject({ name: "MinuteLimit", wait });
  });

  it("Retry-After may be a date", async () => {
    const retryAfter = new Date(Date.now() + 600_000).toUTCString();
    const { wait } = await failure({ code: 1009, retryAfter });
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(600);
  });

  it.each(["later", "-5", "1e3", "120.5.1", "12:00", "31 Jan 2020", "2020-01-31T12:00:00Z"])(
    "Retry-After: %s is nothing that we know, and ignored",
    async (retryAfter) => {
      expect((await failure({ code: 1008, retryAfter })).wait).toBe(60);
    },
  );

  it("a key that is wrong is refused, and never in a message", async () => {
    const error = await client({ apiKey: "a-wrong-key" })
      .latest()
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: "ApiKeyInvalid" });
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain("a-wrong-key");
  });
});

describe("troubles", () => {
  it.each<[Trouble, string, string, RegExp]>([
    [400, "BadRequest", "refused", /^400 \(code 400\)/],
    [500, "ServerError", "retry", /^500/],
    [502, "ServerError", "retry", /^502/],
    ["hangup", "Unreachable", "retry", /^No connection: /],
    ["truncated", "Unreachable", "retry", /^No connection: /],
    ["garbage", "InvalidAnswer", "retry", /not JSON/],
    ["types", "InvalidAnswer", "retry", /price: Expected number/],
    ["missing", "InvalidAnswer", "retry", /market_cap: Expected required property/],
    ["huge", "InvalidAnswer", "retry", /longer than 1048576 bytes/],
    ["skew", "InvalidAnswer", "retry", /later than the answer itself/],
  ])("%s is %s, for which to %s", async (trouble, name, remedy, message) => {
    await client().latest();
    const error = await failure(trouble);
    expect(error).toMatchObject({ name, remedy });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("\n");
  });

  it("an answer that does not come is given up", async () => {
    expect(await failure("hang", { timeout: 100 })).toMatchObject({
      name: "Timeout",
      message: "No answer within 0.1 s.",
    });
  });

  it("nobody there is unreachable", async () => {
    const error = await client({ url: "http://127.0.0.1:1" })
      .latest()
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: "Unreachable", remedy: "retry" });
  });

  it("the key does not follow a redirect", async () => {
    const keys: unknown[] = [];
    const elsewhere = createServer((request, response) => {
      keys.push(request.headers["x-cmc_pro_api_key"]);
      response.end("{}");
    }).listen(0, "127.0.0.1");
    const redirecting = createServer((_, response) => {
      const { port } = elsewhere.address() as AddressInfo;
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    }).listen(0, "127.0.0.1");
    await new Promise<void>((resolve) => redirecting.once("listening", () => resolve()));
    const { port } = redirecting.address() as AddressInfo;
    await expect(client({ url: `http://127.0.0.1:${port}` }).latest()).rejects.toMatchObject({
      name: "Unreachable",
    });
    expect(keys).toEqual([]);
    elsewhere.close();
    redirecting.close();
  });
});
