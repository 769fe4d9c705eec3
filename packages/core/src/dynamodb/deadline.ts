/**
 * When an operation must be over, with all its calls and retries. Cheaper than an `AbortSignal`,
 * which most operations never need: coalesced calls share one.
 */
export class Deadline {
  /** In milliseconds, on the clock of `performance.now()`. */
  readonly at: number;
  #signal: AbortSignal | undefined;

  constructor(at: number) {
    this.at = at;
  }

  /** A deadline so many milliseconds from now. */
  static in(milliseconds: number): Deadline {
    return new Deadline(performance.now() + milliseconds);
  }

  /** Milliseconds that are left, 0 at least. */
  get left(): number {
    return Math.max(0, this.at - performance.now());
  }

  /** Aborts when the deadline has passed. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.ceil(this.left));
    return this.#signal;
  }
}
