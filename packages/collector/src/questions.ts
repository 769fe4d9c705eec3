import type { Quote } from "@steadfast/core/quotes";
import type { CoinMarketCap } from "./coinmarketcap.ts";
import { Failure } from "./failure.ts";
import { pause } from "./schedule.ts";

/** Shortest and longest wait between two tries, in milliseconds. */
const BACKOFF = { first: 250, most: 10_000 };

/** What came of a question. */
export interface Outcome {
  quotes: Quote[];
  /** How often the API was asked; 0 while it must not be. */
  attempts: number;
  failure: Failure | undefined;
}

/**
 * Asks until there is an answer, as long as there is time and no limit in the way. A wait that the
 * API asked for, or that a limit needs, lasts over questions.
 */
export class Questions {
  readonly #api: Pick<CoinMarketCap, "latest">;
  #waiting: { until: number; failure: Failure } | undefined;

  constructor(api: Pick<CoinMarketCap, "latest">) {
    this.#api = api;
  }

  /** Seconds for which the API must not be asked. */
  get waitingSeconds(): number {
    return Math.ceil(Math.max(0, (this.#waiting?.until ?? 0) - performance.now()) / 1000);
  }

  /**
   * @param until when to give up trying, on the clock of `performance.now()`; a try under way by then
   *   is waited for
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

/** Exponential, half of it by chance, so that several collectors do not ask in step. */
function backoff(attempt: number): number {
  const longest = Math.min(BACKOFF.first * 2 ** (attempt - 1), BACKOFF.most);
  return longest * (0.5 + Math.random() / 2);
}
