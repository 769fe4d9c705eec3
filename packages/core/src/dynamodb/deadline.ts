/**
 * When an operation, with all its calls and retries, must have finished. Cheaper than an
 * `AbortSignal`, which few operations need.
 */
export class Deadline {
  /** On the clock of `performance.now()`. */
  readonly at: number;
  #signal: AbortSignal | undefined;

  constructor(at: number) {
    this.at = at;
  }

  static in(milliseconds: number): Deadline {
    return new Deadline(performance.now() + milliseconds);
  }

  /** Milliseconds left, at least 0. */
  get left(): number {
    return Math.max(0, this.at - performance.now());
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.ceil(this.left));
    return this.#signal;
  }
}
