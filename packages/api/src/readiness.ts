/** How long an answer of the database counts, in milliseconds: probes come from several places. */
const FRESH = 1000;

/**
 * Whether this process should get requests: the database answered lately, and it is not about to
 * stop.
 */
export class Readiness {
  readonly #ping: () => Promise<void>;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #draining = false;

  /** @param ping asks the database; throws when it does not answer */
  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /** From now on this process is not ready, and says so on every connection. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Asks the database unless it has just answered; probes at the same time share one question. @throws what ping throws */
  async check(): Promise<void> {
    if (performance.now() - this.#answeredAt < FRESH) return;
    this.#asking ??= this.#ping()
      .then(() => {
        this.#answeredAt = performance.now();
      })
      .finally(() => {
        this.#asking = undefined;
      });
    await this.#asking;
  }
}
