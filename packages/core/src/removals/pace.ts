import { setTimeout as sleep } from "node:timers/promises";

/** Limits the rate of work. */
export class Pace {
  readonly #rate: number;
  #next = 0;

  /** @param rate pieces a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Resolves when this many pieces may be done. @throws when the signal aborts */
  async take(pieces: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#next);
    this.#next = start + (pieces / this.#rate) * 1000;
    if (start > now) await sleep(start - now, undefined, { signal });
  }

  pause(milliseconds: number): void {
    this.#next = Math.max(this.#next, performance.now()) + milliseconds;
  }
}
