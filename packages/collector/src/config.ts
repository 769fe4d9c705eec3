import { type Static, Type } from "@sinclair/typebox";
import { LogLevel, readConfiguration } from "@steadfast/core/process";
import { DEFAULT_MARKET, linkProperties, type QuoteSource } from "@steadfast/core/quotes";

const COINMARKETCAP = "https://pro-api.coinmarketcap.com";

/** What the collector reads from its environment; `docs/collector.md` lists it. */
const ConfigSchema = Type.Object({
  HOST: Type.String({ default: "127.0.0.1", description: "Address of the health checks" }),
  PORT: Type.Integer({
    default: 3001,
    minimum: 0,
    maximum: 65_535,
    description: "Port of the health checks",
  }),
  LOG_LEVEL: LogLevel,
  INTERVAL: Type.String({
    default: "15s",
    description: "Time from one question to the next: seconds, or with a unit, 500ms to 24h",
  }),
  SYMBOLS: Type.String({
    default: DEFAULT_MARKET.symbol,
    description: "Coins to ask for, comma separated, 100 at most",
  }),
  CURRENCY: Type.String({
    default: DEFAULT_MARKET.currency,
    description: "Currency of the amounts",
  }),
  CMC_API_KEY: Type.String({ default: "", description: "Key of CoinMarketCap's API" }),
  CMC_URL: Type.String({
    default: COINMARKETCAP,
    description: "Another server to ask; its quotes are marked as stand-ins",
  }),
  REQUEST_SECONDS: Type.Number({
    default: 10,
    minimum: 0.1,
    maximum: 60,
    description: "How long an answer may take",
  }),
  CREDITS_PER_DAY: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10_000_000,
    description:
      "Credits of the plan that may be used; questions are spread out accordingly; 0: any",
  }),
  BUFFER: Type.Integer({
    default: 10_000,
    minimum: 1,
    maximum: 1_000_000,
    description: "Quotes kept while the database is away; further ones are not",
  }),
  BUFFER_FILE: Type.String({
    default: "",
    description: "File that keeps them through a crash; by default in systemd's state directory",
  }),
  DRAIN_SECONDS: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 3600,
    description: "How long to go on trying to store what is buffered after SIGTERM",
  }),
  SHUTDOWN_SECONDS: Type.Number({
    default: 10,
    minimum: 1,
    maximum: 3600,
    description: "How long a write under way may take after that",
  }),
});

/** With derived values. */
export interface Config
  extends Omit<Static<typeof ConfigSchema>, "INTERVAL" | "SYMBOLS" | "CMC_API_KEY"> {
  /** Milliseconds between requests, within the plan's credits. */
  interval: number;
  symbols: string[];
  apiKey: string;
  /** Marks the quotes. */
  source: QuoteSource;
}

/**
 * Reads the environment; the key from `CMC_API_KEY`, or else the SST secret `CmcApiKey`.
 * @throws one line that says what is wrong and what is allowed
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const { INTERVAL, SYMBOLS, CMC_API_KEY, ...rest } = readConfiguration(ConfigSchema, env);
  const symbols = symbolsOf(SYMBOLS);
  const url = urlOf(rest.CMC_URL);
  return {
    ...rest,
    BUFFER_FILE: rest.BUFFER_FILE || inStateDirectory(env),
    CURRENCY: matching("CURRENCY", rest.CURRENCY),
    CMC_URL: url,
    interval: Math.max(millisecondsOf(INTERVAL), spacing(rest.CREDITS_PER_DAY, symbols.length)),
    symbols,
    apiKey: CMC_API_KEY || linkedKey(),
    source: url === COINMARKETCAP ? "coinmarketcap" : "stand-in",
  };
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DAY = 24 * UNITS.h;
const COINS_PER_CREDIT = 100;

function millisecondsOf(interval: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)?$/.exec(interval) ?? [];
  const milliseconds = Number(number) * UNITS[unit as keyof typeof UNITS];
  if (milliseconds >= 500 && milliseconds <= DAY) return milliseconds;
  throw new Error(
    `Wrong configuration: INTERVAL is ${interval}; it must be seconds (15), or a number with ms, s, m ` +
      "or h, from 500ms to 24h.",
  );
}

/** Milliseconds between requests so that the credits last all day. */
function spacing(creditsPerDay: number, coins: number): number {
  if (creditsPerDay === 0) return 0;
  return Math.ceil((DAY / creditsPerDay) * Math.ceil(coins / COINS_PER_CREDIT));
}

function symbolsOf(text: string): string[] {
  const symbols = text.split(",").flatMap((part) => part.trim() || []);
  if (symbols.length === 0 || symbols.length > COINS_PER_CREDIT) {
    throw new Error(
      `Wrong configuration: SYMBOLS has ${symbols.length}; it must have from 1 to ${COINS_PER_CREDIT}.`,
    );
  }
  return [...new Set(symbols.map((symbol) => matching("SYMBOLS", symbol)))];
}

function matching(name: string, symbol: string): string {
  if (/^[A-Z0-9]{1,20}$/.test(symbol)) return symbol;
  throw new Error(
    `Wrong configuration: ${name} has ${symbol}; it must be capital letters and digits, such as BTC.`,
  );
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, "");
  throw new Error(`Wrong configuration: CMC_URL is ${text}; it must be an http or https address.`);
}

/** systemd's name for the service's writable folder. */
function inStateDirectory({ STATE_DIRECTORY }: NodeJS.ProcessEnv): string {
  return STATE_DIRECTORY ? `${STATE_DIRECTORY}/quotes.jsonl` : "";
}

function linkedKey(): string {
  const value = linkProperties("CmcApiKey")?.value;
  if (typeof value === "string" && value !== "") return value;
  throw new Error(
    "The key of CoinMarketCap's API is missing: set CMC_API_KEY, or the secret with " +
      '"npx sst secret set CmcApiKey <key>". "npm start" needs none.',
  );
}
