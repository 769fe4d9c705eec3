import { describe, expect, it } from "vitest";
import { parseError, parseQuotes } from "../src/answer.ts";

const WANTED = { symbols: ["BTC"], currency: "USD", source: "coinmarketcap" } as const;
const wanted = { ...WANTED, symbols: ["BTC"] };

interface Parts {
  price?: string;
  volume?: string;
  updated?: string;
  told?: string;
}

/** An answer built by hand, so that numbers appear exactly as given. */
function answer({
  price = "6602.60701122",
  volume = "4314444687.5194",
  updated = "2026-01-31T12:00:00.000Z",
  told = "2026-01-31T12:00:10.123Z",
}: Parts = {}): string {
  return `{"status": {"timestamp": "${told}", "error_code": 0, "error_message": null},
    "data": {"BTC": {"id": 1, "symbol": "BTC", "price": 7, "quote": {"USD": {
      "price": ${price}, "volume_24h": ${volume}, "market_cap": 113563929433.21645,
      "percent_change_1h": 0.988615, "last_updated": "${updated}"}}}}}`;
}

describe("the quotes in an answer", () => {
  it("have what the table has", () => {
    expect(parseQuotes(answer(), wanted)).toEqual([
      {
        symbol: "BTC",
        currency: "USD",
        price: "6602.60701122",
        volume_24h: "4314444687.5194",
        market_cap: "113563929433.21645",
        last_updated: "2026-01-31T12:00:00.000Z",
        source: "coinmarketcap",
      },
    ]);
  });

  it.each(["64012.184521300874312300010002", "0.1000", "1e-30", "12345678901234567890", "0"])(
    "have the digits of %s as they were written",
    (price) => {
      expect(parseQuotes(answer({ price }), wanted)[0]?.price).toBe(price);
    },
  );

  it("have moments with milliseconds, whatever was written", () => {
    const updated = "2026-01-31T12:00:00Z";
    expect(parseQuotes(answer({ updated }), wanted)[0]?.last_updated).toBe(
      "2026-01-31T12:00:00.000Z",
    );
  });

  it("may be a little newer than the answer, for clocks differ", () => {
    const updated = "2026-01-31T12:01:00.000Z";
    expect(parseQuotes(answer({ updated }), wanted)).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ["no JSON", "{status: ok", /it is not JSON/],
    ["nothing", "", /it is not JSON/],
    ["another kind of JSON", "[]", /it: Expected object/],
    [
      "an amount as text",
      answer({ price: '"6602.6"' }),
      /\/data\/BTC\/quote\/USD\/price: Expected number/,
    ],
    ["an amount that is null", answer({ volume: "null" }), /volume_24h: Expected number/],
    ["a negative amount", answer({ price: "-1" }), /price: Expected number to be greater/],
    ["an amount beyond all numbers", answer({ price: "1e999" }), /price: Expected number/],
    [
      "an amount of too many digits",
      answer({ price: `0.${"1".repeat(200)}` }),
      /price has 202 characters/,
    ],
    [
      "a date that is none",
      answer({ updated: "2026-13-31T12:00:00Z" }),
      /last_updated 2026-13-31T12:00:00Z is no date/,
    ],
    [
      "a date without a zone",
      answer({ updated: "2026-01-31T12:00:00" }),
      /last_updated: Expected string to match/,
    ],
    [
      "a quote from the future",
      answer({ updated: "2026-01-31T13:00:00Z" }),
      /is later than the answer itself/,
    ],
    [
      "another coin alone",
      answer().replace('"BTC": {', '"ETH": {'),
      /\/data\/BTC: Expected required property/,
    ],
    [
      "another currency alone",
      answer().replace('"USD"', '"EUR"'),
      /\/quote\/USD: Expected required property/,
    ],
  ])("are not taken from %s", (_what, text, reason) => {
    expect(() => parseQuotes(text, wanted)).toThrow(
      expect.objectContaining({ name: "InvalidAnswer", message: expect.stringMatching(reason) }),
    );
  });
});

describe("the error in an answer", () => {
  it("has a code, and a message on one line of bearable length", () => {
    const status = { error_code: 1001, error_message: `This API\nKey ${"x".repeat(500)}` };
    const { code, message } = parseError(JSON.stringify({ status }));
    expect(code).toBe(1001);
    expect(message).toMatch(/^This API Key x+$/);
    expect(message).toHaveLength(200);
  });

  it.each(["<h1>502</h1>", "{}", "null", '{"status": {"error_code": "x"}}'])(
    "is not in %s",
    (text) => {
      expect(parseError(text)).toEqual({});
    },
  );
});
