import { existsSync, writeFileSync } from "node:fs";

/**
 * Whether this instance should get requests: its database has answered once, so that it can do its part,
 * and it is not about to stop.
 *
 * That the database is away later is no matter of this instance's: it would be away for all of them at
 * once, and a balancer that took them out, or a group that replaced them, would make it worse. Answers,
 * metrics and an alarm tell of that. An event loop that hangs answers no question at all, nor does it
 * move the sign of life that the watchdog looks at (`packages/sst-ec2/src/instance/heartbeat.ts`).
 */
export class Readiness {
  readonly #ping: () => Promise<void>;
  readonly #mark: string | undefined;
  #ready: boolean;
  #asking: Promise<void> | undefined;
  #draining = false;

  /**
   * @param ping asks the database; throws when it does not answer
   * @param mark file that says to processes to come that the instance has been ready; one that restarts
   *   while the database is away must not take the instance out
   */
  constructor(ping: () => Promise<void>, mark?: string) {
    this.#ping = ping;
    this.#mark = mark;
    this.#ready = mark !== undefined && existsSync(mark);
  }

  /** From now on this process is not ready, and says so on every connection. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Asks the database until it has answered once, and never again; probes at the same time share one
   * question. @throws what ping throws
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
      // Then the next process has to ask for itself.
    }
  }
}
