import type { Quote } from "@steadfast/core/quotes";
import type { CoinMarketCap } from "./coinmarketcap.ts";
import { Failure } from "./failure.ts";
import { pause } from "./schedule.ts";

/** In milliseconds. */
const BACKOFF = { first: 250, most: 10_000 };

export interface Outcome {
  quotes: Quote[];
  /** Number of requests; 0 while the API must not be asked. */
  attempts: number;
  failure: Failure | undefined;
}

/**
 * Retries until there is an answer, time runs out, or a limit is reached; a wait carries over to
 * the next question.
 */
export class Questions {
  readonly #api: Pick<CoinMarketCap, "latest">;
  #waiting: { until: number; failure: Failure } | undefined;

  constructor(api: Pick<CoinMarketCap, "latest">) {
    this.#api = api;
  }

  /** Seconds during which the API must not be asked. */
  get waitingSeconds(): number {
    return Math.ceil(Math.max(0, (this.#waiting?.until ?? 0) - performance.now()) / 1000);
  }

  /**
   * @param until when to stop trying, on the clock of `performance.now()`; a request in flight
   *   still finishes
   */
  async ask(until: number, signal: AbortSignal): Promise<Outcome> {
    if (this.#waiting && this.#waiting.until > performance.now()) {
      return { quotes: [], attempts: 0, failure: this.#waiting.failure };
    }
    for (let attempts = 1; ; attempts++) {
      try {
        const quotes = await this.#api.latest(signal);
        this.#waiting = undefined;
        return { quotes, attempts, failure: undefined };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.remedy !== "retry") {
          this.#waiting = { until: performance.now() + error.wait * 1000, failure: error };
          return { quotes: [], attempts, failure: error };
        }
        const wait = backoff(attempts);
        if (performance.now() + wait >= until || signal.aborted) {
          return { quotes: [], attempts, failure: error };
        }
        await pause(wait, signal);
      }
    }
  }
}

/** Exponential with half of it random, so that collectors do not ask in lockstep. */
function backoff(attempt: number): number {
  const longest = Math.min(BACKOFF.first * 2 ** (attempt - 1), BACKOFF.most);
  return longest * (0.5 + Math.random() / 2);
}
