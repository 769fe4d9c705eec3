import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Postgres, type PostgresSettings, type Quote, Quotes } from "@steadfast/core/quotes";
import {
  type CollectorLine,
  type CollectorProcess,
  STAND_IN_KEY,
  type StandIn,
  type StandInOptions,
  startCollector,
  startStandIn,
} from "@steadfast/local";
import { onTestFinished } from "vitest";
import { PATIENT, variablesOf } from "../../../core/test/support/quotes-database.ts";

/** A market and collectors that use it, all gone after the test. */
export interface Collecting {
  market: StandIn;
  /** Starts a collector; those with the same name share a buffer file. */
  collect(name?: string, environment?: Record<string, string | undefined>): CollectorProcess;
}

/** Collectors that ask twice a second by default. */
export async function collecting(
  settings: PostgresSettings,
  options: StandInOptions = {},
): Promise<Collecting> {
  const market = await startStandIn({ updateEvery: 1, ...options });
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(async () => {
    await market.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    market,
    collect(name = "one", environment = {}) {
      const collector = startCollector({
        ...variablesOf(settings),
        CMC_URL: market.url,
        CMC_API_KEY: STAND_IN_KEY,
        INTERVAL: "500ms",
        BUFFER_FILE: join(folder, `${name}.jsonl`),
        ...environment,
      });
      onTestFinished(() => void collector.child.kill("SIGKILL"));
      return collector;
    },
  };
}

/** Everything that is stored, oldest first. */
export async function storedIn(settings: PostgresSettings): Promise<Quote[]> {
  const postgres = new Postgres({ settings, ...PATIENT });
  const market = { symbol: "BTC", currency: "USD" };
  const { quotes } = await new Quotes(postgres).list(market, { limit: 1000 });
  await postgres.close();
  return quotes.reverse();
}

/** Whether a line is of a cycle that had this failure, or none. */
export function cycle(failure: string | null): (line: CollectorLine) => boolean {
  return (line) => line.event === "cycle" && line.failure === failure;
}

/**
 * Stops collectors once all answers of the market have arrived, so that they can be compared with
 * what is stored.
 */
export async function finish(market: StandIn, ...collectors: CollectorProcess[]): Promise<void> {
  market.trouble(...Array.from({ length: 1000 }, () => "hangup" as const));
  for (const { lines, line } of collectors) {
    const seen = lines.length;
    await line((each) => lines.indexOf(each) >= seen && each.failure === "Unreachable");
  }
  for (const collector of collectors) {
    const code = await stop(collector);
    if (code !== 0) throw new Error(`A collector ended with ${code}.`);
  }
}

/** Stops a collector as systemd does. @returns its exit code */
export async function stop({ child, ended }: CollectorProcess): Promise<number | null> {
  child.kill("SIGTERM");
  const { code } = await ended;
  return code;
}
