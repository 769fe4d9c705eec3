import { DomainError, isRefusedRow, type Quote } from "@steadfast/core/quotes";
import type { QuoteBuffer } from "./buffer.ts";
import type { SetAside } from "./set-aside.ts";

/** What the writer needs of the database. */
export interface Store {
  /** Brings the schema up to date. */
  migrate(): Promise<void>;
  /** Stores quotes, those that are there already left out. @returns how many were new */
  store(quotes: readonly Quote[]): Promise<number>;
  ping(): Promise<void>;
}

/** Quotes in one statement. */
const BATCH = 500;

/**
 * Writes what is buffered to the database, oldest first, one write at a time. A quote that the database
 * refuses for what is in it is set aside, so that it does not hold up the others.
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

  /** What was in the way at the last try; `undefined` after one that succeeded. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Whether the database has answered to the last try, and has our schema. */
  get works(): boolean {
    return this.#migrated && this.#problem === undefined;
  }

  /** `last_updated` of a market's newest quote that is known to be stored. */
  newest(market: string): string | undefined {
    return this.#newest.get(market);
  }

  /** How many quotes were new to the database since this was last asked. */
  takeStored(): number {
    const stored = this.#stored;
    this.#stored = 0;
    return stored;
  }

  /** Tries to store all that is buffered; a try that is under way is joined. Never throws. */
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
      // With nothing to write, it still is to be known whether one could.
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
      // In the same breath as the last look at the buffer: what comes later finds no try to join.
      this.#writing = undefined;
    }
  }

  /** Stores a batch; one that is refused in halves, until it is known which quotes are at fault. */
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

/** Whether the database was away, which passes, rather than in disagreement with us. */
export function isAway(problem: Error): boolean {
  return problem instanceof DomainError && problem.kind === "unavailable";
}
