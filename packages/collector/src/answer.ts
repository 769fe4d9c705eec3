import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Quote, QuoteSource } from "@steadfast/core/quotes";
import { Failure } from "./failure.ts";

const Timestamp = Type.String({
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$",
});

/** The part of an answer that is used, for the requested coins. */
function answerSchema(symbols: string[], currency: string) {
  const Amounts = Type.Object({
    price: Type.Number({ minimum: 0 }),
    volume_24h: Type.Number({ minimum: 0 }),
    market_cap: Type.Number({ minimum: 0 }),
    last_updated: Timestamp,
  });
  const Coin = Type.Object({ quote: Type.Object({ [currency]: Amounts }) });
  return Type.Object({
    status: Type.Object({ timestamp: Timestamp }),
    data: Type.Object(Object.fromEntries(symbols.map((symbol) => [symbol, Coin]))),
  });
}

const ErrorAnswer = Type.Object({
  status: Type.Object({
    error_code: Type.Integer(),
    error_message: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
});

/** Milliseconds by which a quote may be newer than its answer: clocks differ a little. */
const SKEW = 60_000;
/** More than any amount needs, fewer than Postgres accepts. */
const LONGEST_NUMBER = 100;
const AMOUNTS = ["price", "volume_24h", "market_cap"];

export interface Wanted {
  symbols: string[];
  currency: string;
  source: QuoteSource;
}

/**
 * Parses the quotes of an answer, keeping every digit of their amounts.
 * @throws Failure `InvalidAnswer` with the first invalid field
 */
export function parseQuotes(text: string, { symbols, currency, source }: Wanted): Quote[] {
  const schema = answerSchema(symbols, currency);
  const { status, data } = checked(schema, parseJson(text));
  // Parsed again with the amounts as written.
  const written = JSON.parse(text, keepDigits).data;
  return symbols.map((symbol) => {
    const last_updated = data[symbol]?.quote[currency]?.last_updated ?? "";
    checkMoment(last_updated, status.timestamp);
    const { price, volume_24h, market_cap } = written[symbol].quote[currency];
    const moment = new Date(last_updated).toISOString();
    return { symbol, currency, price, volume_24h, market_cap, last_updated: moment, source };
  });
}

/** Code and message of an error answer; empty for any other. */
export function parseError(text: string): { code?: number; message?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (!Value.Check(ErrorAnswer, value)) return {};
  const { error_code, error_message } = value.status;
  // One line of limited length for the log, whatever the server sent.
  const message = (error_message ?? "").replaceAll(/\s+/g, " ").slice(0, 200);
  return { code: error_code, message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
}

function checked<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> {
  const error = Value.Errors(schema, value).First();
  if (error) throw invalid(`${error.path || "it"}: ${error.message}`);
  return value as Static<Schema>;
}

function checkMoment(moment: string, told: string): void {
  const time = Date.parse(moment);
  // `Date` takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || !isSameDay(time, moment))
    throw invalid(`last_updated ${moment} is no date`);
  if (time > Date.parse(told) + SKEW) {
    throw invalid(`last_updated ${moment} is later than the answer itself, ${told}`);
  }
}

function isSameDay(time: number, moment: string): boolean {
  return new Date(time).toISOString().slice(0, 10) === moment.slice(0, 10);
}

/** A JSON reviver that keeps amounts as written. */
function keepDigits(key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (!AMOUNTS.includes(key) || typeof value !== "number" || source === undefined) return value;
  if (source.length > LONGEST_NUMBER) throw invalid(`${key} has ${source.length} characters`);
  return source;
}

function invalid(why: string): Failure {
  return new Failure({ name: "InvalidAnswer", remedy: "retry" }, `The answer is invalid: ${why}.`);
}
