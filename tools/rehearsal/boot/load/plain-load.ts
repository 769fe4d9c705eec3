import { setInterval } from "node:timers/promises";
import { HttpClient } from "./http.ts";

/** What came of a steady load. */
export interface PlainResult {
  requests: number;
  /** How many failed, by what became of them. */
  failures: Record<string, number>;
}

/** A steady load of GETs that repeats nothing, so that what fails is what a user would see fail. */
export class PlainLoad {
  readonly #client: HttpClient;
  readonly #stopped = new AbortController();
  readonly #ended: Promise<void>;
  readonly #pending = new Set<Promise<void>>();
  readonly #result: PlainResult = { requests: 0, failures: {} };

  /**
   * @param path what is asked for
   * @param rate requests a second
   */
  constructor(origin: string, path: string, rate: number) {
    this.#client = new HttpClient(origin);
    this.#ended = this.#run(path, 1000 / rate);
  }

  /** Ends it, and waits for what is under way. */
  async stop(): Promise<PlainResult> {
    this.#stopped.abort();
    await this.#ended;
    await Promise.all(this.#pending);
    this.#client.close();
    return this.#result;
  }

  async #run(path: string, pause: number): Promise<void> {
    try {
      for await (const _ of setInterval(pause, undefined, { signal: this.#stopped.signal })) {
        const asked = this.#ask(path).finally(() => this.#pending.delete(asked));
        this.#pending.add(asked);
      }
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
    }
  }

  async #ask(path: string): Promise<void> {
    this.#result.requests++;
    const outcome = await this.#client.send({ method: "GET", path }).then(
      ({ status }) => status,
      (error) => error.code,
    );
    if (outcome !== 200) this.#result.failures[outcome] = (this.#result.failures[outcome] ?? 0) + 1;
  }
}
