import { DomainError, isRefusedRow, type Quote } from "@steadfast/core/quotes";
import type { QuoteBuffer } from "./buffer.ts";
import type { SetAside } from "./set-aside.ts";

export interface Store {
  /** Brings the schema up to date. */
  migrate(): Promise<void>;
  /** Stores quotes, except those that exist. @returns how many were new */
  store(quotes: readonly Quote[]): Promise<number>;
  ping(): Promise<void>;
}

/** Quotes per statement. */
const BATCH = 500;

/**
 * Writes the buffer to the database, oldest first, one write at a time. A quote whose content the
 * database refuses is set aside, so that it does not block the others.
 */
export class Writer {
  readonly #store: Store;
  readonly #buffer: QuoteBuffer;
  readonly #setAside: SetAside;
  #writing: Promise<void> | undefined;
  #migrated = false;
  #stored = 0;
  #newest = new Map<string, string>();
  #problem: Error | undefined;

  constructor(store: Store, buffer: QuoteBuffer, setAside: SetAside) {
    this.#store = store;
    this.#buffer = buffer;
    this.#setAside = setAside;
  }

  /** What failed at the last try. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Whether the database answered the last try and has our schema. */
  get works(): boolean {
    return this.#migrated && this.#problem === undefined;
  }

  /** `last_updated` of a market's newest stored quote. */
  newest(market: string): string | undefined {
    return this.#newest.get(market);
  }

  /** How many new quotes were stored since the last call. */
  takeStored(): number {
    const stored = this.#stored;
    this.#stored = 0;
    return stored;
  }

  /** Tries to store everything buffered; joins a try in progress. Never throws. */
  flush(): Promise<void> {
    this.#writing ??= this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    try {
      if (!this.#migrated) {
        await this.#store.migrate();
        this.#migrated = true;
      }
      // With an empty buffer, check that writing would work.
      if (this.#buffer.size === 0) await this.#store.ping();
      while (this.#buffer.size > 0) {
        const batch = this.#buffer.first(BATCH);
        await this.#storeAll(batch);
        this.#buffer.remove(batch.length);
      }
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error as Error;
    } finally {
      // In the same tick as the last look at the buffer, so that later quotes start a new try.
      this.#writing = undefined;
    }
  }

  /** Splits a refused batch in half until the culprits are known. */
  async #storeAll(batch: Quote[]): Promise<void> {
    try {
      this.#stored += await this.#store.store(batch);
      for (const quote of batch) this.#remember(quote);
    } catch (error) {
      if (!isRefusedRow(error)) throw error;
      const [first] = batch;
      if (batch.length === 1 && first) {
        this.#setAside.add(first, (error as Error).message);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.#storeAll(batch.slice(0, half));
      await this.#storeAll(batch.slice(half));
    }
  }

  #remember({ symbol, last_updated }: Quote): void {
    const known = this.#newest.get(symbol);
    if (known === undefined || last_updated > known) this.#newest.set(symbol, last_updated);
  }
}

/** Whether the database was unavailable, which passes, rather than refusing us. */
export function isAway(problem: Error): boolean {
  return problem instanceof DomainError && problem.kind === "unavailable";
}
