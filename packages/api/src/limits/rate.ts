/** Keys that are remembered before those that mean nothing any more are looked for. */
const TIDY = 1000;

/**
 * So many at once, and as many again over a time: a bucket that leaks, kept as one number a key (GCRA).
 * Unlike a window of time it is never shut for long: who waits for a small part of the time gets one.
 * Counted in this process; a group of n processes lets n times as much through.
 *
 * @example
 * ```ts
 * const rate = new Rate(10, 900);
 * rate.take("192.0.2.1"); // 0 ten times, then 90: seconds to wait
 * ```
 */
export class Rate {
  /** Milliseconds after which one more may be taken. */
  readonly #interval: number;
  readonly #span: number;
  /** When a key's bucket will be empty again, on the clock of `performance.now()`. */
  readonly #emptyAt = new Map<string, number>();
  #tidyAt = TIDY;

  /**
   * @param amount how many at once, and over `seconds`
   * @param seconds until an amount that was taken is back in full
   */
  constructor(amount: number, seconds: number) {
    this.#span = seconds * 1000;
    this.#interval = this.#span / amount;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#emptyAt.size;
  }

  /** Takes one. @returns 0, or the seconds to wait when there is none: then nothing was taken */
  take(key: string): number {
    const now = performance.now();
    const emptyAt = Math.max(now, this.#emptyAt.get(key) ?? 0) + this.#interval;
    const wait = emptyAt - now - this.#span;
    // A rounding error is no reason to wait.
    if (wait > 0.001) return Math.ceil(wait / 1000);
    this.#emptyAt.set(key, emptyAt);
    if (this.#emptyAt.size > this.#tidyAt) this.#tidy(now);
    return 0;
  }

  /** Gives one back. */
  giveBack(key: string): void {
    const emptyAt = (this.#emptyAt.get(key) ?? 0) - this.#interval;
    // A key with all that it may have is forgotten, so that trying many fills no memory.
    if (emptyAt <= performance.now() + 0.001) this.#emptyAt.delete(key);
    else this.#emptyAt.set(key, emptyAt);
  }

  /** Gives all back. */
  forget(key: string): void {
    this.#emptyAt.delete(key);
  }

  #tidy(now: number): void {
    for (const [key, emptyAt] of this.#emptyAt) if (emptyAt <= now) this.#emptyAt.delete(key);
    this.#tidyAt = Math.max(TIDY, 2 * this.#emptyAt.size);
  }
}
