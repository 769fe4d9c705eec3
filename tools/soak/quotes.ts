import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Postgres,
  type PostgresSettings,
  type Quote,
  type QuotePage,
  Quotes,
} from "@steadfast/core/quotes";
import {
  type CollectorProcess,
  keyOf,
  STAND_IN_KEY,
  type StandIn,
  startCollector,
  startStandIn,
  type Trouble,
} from "@steadfast/local";
import { type OwnedDatabase, startOwnedDatabase } from "./owned-database.ts";

export interface QuotesSoak {
  seconds: number;
  /** Concurrent collectors. */
  collectors: number;
  /** Share of faulty answers, 0 to 1. */
  trouble: number;
  /** Restarts of the database, each a crash followed by downtime. */
  restarts: number;
  /** Rotations of the database's user name and password. */
  rotations: number;
  /** Receives progress. */
  log: (line: string) => void;
}

export interface QuotesSoakResult {
  /** Distinct quotes in the good answers. */
  answered: number;
  stored: number;
  /** Mistakes; empty when exactly the answered quotes are stored, each once, digit for digit. */
  mistakes: string[];
  /** Cycles by their failure. */
  cycles: Record<string, number>;
}

/** Faults of an answer; waits are short, so that cycles remain. */
const TROUBLES: Trouble[] = [
  "slow",
  "hang",
  "hangup",
  "truncated",
  "garbage",
  "types",
  "missing",
  "huge",
  "duplicate",
  "old",
  "skew",
  500,
  502,
  { code: 1008, retryAfter: 1 },
  { code: 1009, retryAfter: 1 },
  { code: 1011, retryAfter: 0 },
];

/** Milliseconds until all answers have arrived, even slow ones. */
const SETTLING = 3000;

const MARKET = { symbol: "BTC", currency: "USD" };

/**
 * Runs collectors at a one-second interval against a failing market and database, then compares the
 * table with the market's answers.
 */
export async function soakQuotes(options: QuotesSoak): Promise<QuotesSoakResult> {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-soak-"));
  let over = false;
  const choose = () => {
    if (over) return "hangup";
    return Math.random() < options.trouble
      ? TROUBLES[Math.floor(Math.random() * TROUBLES.length)]
      : undefined;
  };
  const database = await startOwnedDatabase(folder);
  const market = await startStandIn({ choose });
  const fleet = new Fleet(folder, database, market);
  try {
    for (let i = 0; i < options.collectors; i++) fleet.start(i);
    await disturb(options, database);
    // Nothing may be in flight when the collectors stop.
    over = true;
    await sleep(SETTLING);
    await fleet.stop();
    const stored = await storedQuotes(database.settings);
    return {
      answered: market.answered.size,
      stored: stored.length,
      mistakes: [...compare(market.answered, stored), ...fleet.mistakes],
      cycles: fleet.cycles(),
    };
  } finally {
    fleet.kill();
    await market.stop();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Spreads restarts and rotations over the time. A restart takes a twentieth of it; each rotation
 * follows one by half a step.
 */
async function disturb(options: QuotesSoak, database: OwnedDatabase): Promise<void> {
  const { seconds, restarts, rotations, log } = options;
  const crash = async () => {
    log("the database crashes");
    await database.server.crash();
    await sleep(seconds * 50);
    await database.server.start();
    log("the database is back");
  };
  const rotate = async () => {
    await database.rotate();
    log(`the database's login is another, ${database.username}`);
  };
  const spread = (count: number, offset: number, action: () => Promise<void>) =>
    Array.from({ length: count }, (_, i) => ({ at: (i + offset) / (count + 1), action }));
  const troubles = [...spread(restarts, 1, crash), ...spread(rotations, 1.5, rotate)];
  const began = performance.now();
  const until = (share: number) => sleep(share * seconds * 1000 - (performance.now() - began));
  for (const { at, action } of troubles.sort((one, other) => one.at - other.at)) {
    await until(at);
    await action();
  }
  await until(1);
}

/** The collectors, each with its own buffer file. */
class Fleet {
  readonly mistakes: string[] = [];
  readonly #folder: string;
  readonly #database: OwnedDatabase;
  readonly #market: StandIn;
  readonly #collectors: CollectorProcess[] = [];

  constructor(folder: string, database: OwnedDatabase, market: StandIn) {
    this.#folder = folder;
    this.#database = database;
    this.#market = market;
  }

  start(index: number): void {
    const collector = startCollector({
      ...this.#database.environment,
      CMC_URL: this.#market.url,
      CMC_API_KEY: STAND_IN_KEY,
      INTERVAL: "1s",
      REQUEST_SECONDS: "5",
      BUFFER_FILE: join(this.#folder, `buffer-${index}.jsonl`),
      DRAIN_SECONDS: "30",
    });
    this.#collectors.push(collector);
  }

  async stop(): Promise<void> {
    for (const { child, ended } of this.#collectors) {
      child.kill("SIGTERM");
      const { code, stderr } = await ended;
      if (code !== 0) this.mistakes.push(`a collector ended with ${code}: ${stderr}`);
    }
  }

  kill(): void {
    for (const { child } of this.#collectors) child.kill("SIGKILL");
  }

  cycles(): Record<string, number> {
    const lines = this.#collectors.flatMap(({ lines }) =>
      lines.filter(({ event }) => event === "cycle"),
    );
    const byFailure = Map.groupBy(lines, ({ failure }) => failure ?? "none");
    return Object.fromEntries([...byFailure].map(([name, { length }]) => [name, length]));
  }
}

async function storedQuotes(settings: PostgresSettings): Promise<Quote[]> {
  const postgres = new Postgres({ settings, connectTimeout: 10_000, queryTimeout: 10_000 });
  const quotes = new Quotes(postgres);
  const all: Quote[] = [];
  let after: QuotePage["next"];
  do {
    const page = await quotes.list(MARKET, { limit: 1000, after });
    all.push(...page.quotes);
    after = page.next;
  } while (after);
  await postgres.close();
  return all;
}

/** @returns what is missing, extra, duplicate or different */
export function compare(answered: ReadonlyMap<string, Quote>, stored: readonly Quote[]): string[] {
  const mistakes: string[] = [];
  const found = new Set<string>();
  for (const quote of stored) {
    const key = keyOf(quote);
    if (found.has(key)) mistakes.push(`${key} is stored twice`);
    found.add(key);
    const expected = answered.get(key);
    if (!expected) mistakes.push(`${key} is stored and was not answered`);
    else if (JSON.stringify(sorted(expected)) !== JSON.stringify(sorted(quote))) {
      mistakes.push(`${key} is stored differently from the answer`);
    }
  }
  for (const key of answered.keys()) {
    if (!found.has(key)) mistakes.push(`${key} was answered and is not stored`);
  }
  return mistakes;
}

function sorted(quote: Quote): [string, string][] {
  return Object.entries(quote).sort(([a], [b]) => a.localeCompare(b));
}
