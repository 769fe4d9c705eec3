/**
 * The time by which an operation, with all its calls and retries, must finish. Cheaper than an
 * `AbortSignal`, which most operations never need because batched calls share one.
 */
export class Deadline {
  /** In milliseconds, on the clock of `performance.now()`. */
  readonly at: number;
  #signal: AbortSignal | undefined;

  constructor(at: number) {
    this.at = at;
  }

  /** A deadline this many milliseconds from now. */
  static in(milliseconds: number): Deadline {
    return new Deadline(performance.now() + milliseconds);
  }

  /** Milliseconds left, at least 0. */
  get left(): number {
    return Math.max(0, this.at - performance.now());
  }

  /** Aborts at the deadline. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.ceil(this.left));
    return this.#signal;
  }
}
