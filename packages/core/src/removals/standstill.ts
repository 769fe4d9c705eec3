import type { Removal } from "./removal.ts";

/** Removals without progress, or a list that cannot be read. */
export interface Standstill {
  pending: number;
  /** Seconds since the oldest one made progress, or since the list was read. */
  seconds: number;
}

/** Milliseconds between two reports of the same standstill. */
const INTERVAL = 60_000;

/** Detects removals without progress, whichever process holds them. */
export class StandstillWatch {
  readonly #after: number;
  #pending = 0;
  /** When the oldest removal made progress. */
  #progressed = 0;
  #looked = Date.now();
  #told = 0;

  /** @param after milliseconds without progress */
  constructor(after: number) {
    this.#after = after;
  }

  look(removals: readonly Removal[]): void {
    const times = removals.map(({ since, progressed = since }) => Date.parse(progressed));
    this.#looked = Date.now();
    this.#pending = removals.length;
    this.#progressed = Math.min(this.#looked, ...times);
  }

  /** @returns the standstill, at most once a minute */
  take(): Standstill | undefined {
    const now = Date.now();
    const still = now - (this.#pending > 0 ? this.#progressed : this.#looked);
    if (still < this.#after || now - this.#told < INTERVAL) return undefined;
    this.#told = now;
    return { pending: this.#pending, seconds: Math.round(still / 1000) };
  }
}
