import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";

const KEY = { CMC_API_KEY: "a key" };

describe("the configuration", () => {
  it("needs a key and nothing else", () => {
    expect(loadConfig(KEY)).toEqual({
      HOST: "127.0.0.1",
      PORT: 3001,
      LOG_LEVEL: "info",
      CURRENCY: "USD",
      CMC_URL: "https://pro-api.coinmarketcap.com",
      REQUEST_SECONDS: 10,
      CREDITS_PER_DAY: 0,
      BUFFER: 10_000,
      BUFFER_FILE: "",
      DRAIN_SECONDS: 0,
      SHUTDOWN_SECONDS: 10,
      interval: 15_000,
      symbols: ["BTC"],
      apiKey: "a key",
      source: "coinmarketcap",
    });
  });

  it.each([
    ["15", 15_000],
    ["15s", 15_000],
    ["1.5 s", 1500],
    ["500ms", 500],
    ["2m", 120_000],
    ["24h", 86_400_000],
  ])("takes INTERVAL=%s", (INTERVAL, interval) => {
    expect(loadConfig({ ...KEY, INTERVAL }).interval).toBe(interval);
  });

  it("spreads questions over the day so that the plan's credits last, a credit paying for 100 coins", () => {
    expect(loadConfig({ ...KEY, CREDITS_PER_DAY: "333" }).interval).toBe(259_460);
    expect(loadConfig({ ...KEY, CREDITS_PER_DAY: "10000" }).interval).toBe(15_000);
  });

  it("asks for each coin once", () => {
    expect(loadConfig({ ...KEY, SYMBOLS: " BTC, ETH,BTC," }).symbols).toEqual(["BTC", "ETH"]);
  });

  it("marks what comes from another server than CoinMarketCap's", () => {
    const config = loadConfig({ ...KEY, CMC_URL: "http://127.0.0.1:4000/" });
    expect(config).toMatchObject({ CMC_URL: "http://127.0.0.1:4000", source: "stand-in" });
    const named = loadConfig({ ...KEY, CMC_URL: "https://pro-api.coinmarketcap.com/" });
    expect(named.source).toBe("coinmarketcap");
  });

  it("keeps the buffer in systemd's state directory, or where it is told", () => {
    const env = { ...KEY, STATE_DIRECTORY: "/var/lib/collector/1" };
    expect(loadConfig(env).BUFFER_FILE).toBe("/var/lib/collector/1/quotes.jsonl");
    expect(loadConfig({ ...env, BUFFER_FILE: "b.jsonl" }).BUFFER_FILE).toBe("b.jsonl");
  });

  it.each([
    [
      {},
      /^The key of CoinMarketCap's API is missing: set CMC_API_KEY, or the secret with "npx sst/,
    ],
    [{ ...KEY, INTERVAL: "soon" }, /^Wrong configuration: INTERVAL is soon; it must be seconds/],
    [{ ...KEY, INTERVAL: "0.1s" }, /INTERVAL is 0\.1s; .* from 500ms to 24h/],
    [{ ...KEY, INTERVAL: "25h" }, /INTERVAL is 25h/],
    [{ ...KEY, SYMBOLS: "BTC,b t c" }, /SYMBOLS has b t c; it must be capital letters and digits/],
    [{ ...KEY, SYMBOLS: "," }, /SYMBOLS has 0; it must have from 1 to 100/],
    [{ ...KEY, CURRENCY: "$" }, /CURRENCY has \$; it must be capital letters/],
    [{ ...KEY, CMC_URL: "ftp://x" }, /CMC_URL is ftp:\/\/x; it must be an http or https address/],
    [{ ...KEY, BUFFER: "0" }, /BUFFER is "0"; it must be >= 1/],
  ])("%j is refused with what is allowed", (env, message) => {
    expect(() => loadConfig(env)).toThrow(message);
  });
});
