/** Keys in memory before expired ones are removed. */
const TIDY = 1000;

/**
 * A leaky bucket per key, stored as one number (GCRA): a burst of `amount`, refilled evenly over
 * `seconds`. Each process counts by itself.
 *
 * @example
 * ```ts
 * const rate = new Rate(10, 900);
 * rate.take("192.0.2.1"); // 0 ten times, then 90: seconds to wait
 * ```
 */
export class Rate {
  /** Milliseconds until one more may be taken. */
  readonly #interval: number;
  readonly #span: number;
  /** When a key's bucket is empty again, on the clock of `performance.now()`. */
  readonly #emptyAt = new Map<string, number>();
  #tidyAt = TIDY;

  constructor(amount: number, seconds: number) {
    this.#span = seconds * 1000;
    this.#interval = this.#span / amount;
  }

  get size(): number {
    return this.#emptyAt.size;
  }

  /** Takes one. @returns 0, or the seconds to wait; nothing is taken then */
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

  giveBack(key: string): void {
    const emptyAt = (this.#emptyAt.get(key) ?? 0) - this.#interval;
    // Forgets a key that is full again, so that many keys do not fill the memory.
    if (emptyAt <= performance.now() + 0.001) this.#emptyAt.delete(key);
    else this.#emptyAt.set(key, emptyAt);
  }

  forget(key: string): void {
    this.#emptyAt.delete(key);
  }

  #tidy(now: number): void {
    for (const [key, emptyAt] of this.#emptyAt) if (emptyAt <= now) this.#emptyAt.delete(key);
    this.#tidyAt = Math.max(TIDY, 2 * this.#emptyAt.size);
  }
}
