import type { Removal } from "./removal.ts";

/** Removals that nobody gets on with, or a list of them that cannot be read. */
export interface Standstill {
  /** Removals that were not finished when the list was last read. */
  pending: number;
  /** Seconds since the one that waits the longest got on, or since the list was read. */
  seconds: number;
}

/** Milliseconds between two words about it: it lasts. */
const INTERVAL = 60_000;

/** Notices that removals stand still, whoever should get on with them. */
export class StandstillWatch {
  readonly #after: number;
  #pending = 0;
  /** When the removal that waits the longest got on. */
  #progressed = 0;
  #looked = Date.now();
  #told = 0;

  /** @param after milliseconds without progress that are none to speak of */
  constructor(after: number) {
    this.#after = after;
  }

  /** Takes note of all removals that are not finished. */
  look(removals: readonly Removal[]): void {
    const times = removals.map(({ since, progressed = since }) => Date.parse(progressed));
    this.#looked = Date.now();
    this.#pending = removals.length;
    this.#progressed = Math.min(this.#looked, ...times);
  }

  /** @returns what stands still, once a minute at most; `undefined` when nothing does */
  take(): Standstill | undefined {
    const now = Date.now();
    const still = now - (this.#pending > 0 ? this.#progressed : this.#looked);
    if (still < this.#after || now - this.#told < INTERVAL) return undefined;
    this.#told = now;
    return { pending: this.#pending, seconds: Math.round(still / 1000) };
  }
}
