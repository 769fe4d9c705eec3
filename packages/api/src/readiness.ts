import { existsSync, writeFileSync } from "node:fs";

/**
 * Whether this instance should get requests: its database has answered once, and it is not
 * stopping. A later outage does not count: it affects all instances at once, and a group that
 * replaces them would make it worse. A hung event loop answers no probe.
 */
export class Readiness {
  readonly #ping: () => Promise<void>;
  readonly #mark: string | undefined;
  #ready: boolean;
  #asking: Promise<void> | undefined;
  #draining = false;

  /**
   * @param ping checks the database; throws if it does not answer
   * @param mark file that tells a restarted process that the instance was ready, also during an
   *   outage
   */
  constructor(ping: () => Promise<void>, mark?: string) {
    this.#ping = ping;
    this.#mark = mark;
    this.#ready = mark !== undefined && existsSync(mark);
  }

  /** From now on the process is not ready, and closes keep-alive connections. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Checks the database until it has answered once; parallel probes share a check.
   * @throws what ping throws
   */
  async check(): Promise<void> {
    if (this.#ready) return;
    this.#asking ??= this.#ping()
      .then(() => this.#becomeReady())
      .finally(() => {
        this.#asking = undefined;
      });
    await this.#asking;
  }

  #becomeReady(): void {
    this.#ready = true;
    try {
      if (this.#mark) writeFileSync(this.#mark, "");
    } catch {
      // The next process checks for itself.
    }
  }
}
