import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "@steadfast/core/process";
import { QUOTE_FIELDS, type Quote } from "@steadfast/core/quotes";

export interface BufferOptions {
  /** Most quotes. */
  capacity: number;
  /** File that keeps them through a crash; `""` for memory only. */
  file?: string;
}

/**
 * Quotes that the database has not stored yet, in order of arrival. With a file, a quote is on disk
 * before {@link QuoteBuffer.add} returns, and back after a crash. A full buffer turns new quotes
 * away.
 */
export class QuoteBuffer {
  readonly #capacity: number;
  readonly #file: string;
  #quotes: Quote[] = [];
  #problem: Error | undefined;

  /** @throws when the file is not readable or writable */
  constructor({ capacity, file = "" }: BufferOptions) {
    this.#capacity = capacity;
    this.#file = file;
    if (!file) return;
    makeFolder(dirname(file));
    if (existsSync(file)) this.#quotes = readFileSync(file, "utf8").split("\n").flatMap(parseLine);
    // A line that a crash cut short must not run into the next one.
    this.#rewrite();
  }

  get size(): number {
    return this.#quotes.length;
  }

  /** Why newer quotes are only in memory; `undefined` if they are on disk. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Appends quotes, skipping duplicates. @returns how many did not fit */
  add(quotes: readonly Quote[]): number {
    const held = new Set(this.#quotes.map(keyOf));
    const fresh = quotes.filter((quote) => !held.has(keyOf(quote)));
    const taken = fresh.slice(0, Math.max(0, this.#capacity - this.#quotes.length));
    if (taken.length > 0) {
      this.#quotes.push(...taken);
      this.#save((file) => write(file, "a", taken));
    }
    return fresh.length - taken.length;
  }

  /** The oldest quotes. */
  first(count: number): Quote[] {
    return this.#quotes.slice(0, count);
  }

  /**
   * Removes the oldest quotes once they are stored. After a crash before the file is written they
   * are stored again, which changes nothing.
   */
  remove(count: number): void {
    this.#quotes.splice(0, count);
    this.#save(() => this.#rewrite());
  }

  /** Updates the file; rewrites it if the last update failed and may have left a part. */
  #save(change: (file: string) => void): void {
    if (!this.#file) return;
    try {
      if (this.#problem) this.#rewrite();
      else change(this.#file);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error as Error;
    }
  }

  #rewrite(): void {
    const draft = `${this.#file}.new`;
    write(draft, "w", this.#quotes);
    renameSync(draft, this.#file);
  }
}

/** What identifies a quote. */
export function keyOf({ symbol, currency, last_updated }: Quote): string {
  return `${symbol} ${currency} ${last_updated}`;
}

/** Writes lines and returns once they are on disk. */
function write(file: string, flag: "a" | "w", quotes: readonly Quote[]): void {
  const lines = quotes.map((quote) => `${JSON.stringify(quote)}\n`).join("");
  writeFileSync(file, lines, { flag, mode: 0o600, flush: true });
}

/** Nothing for a line that a crash cut short. */
function parseLine(line: string): Quote[] {
  try {
    const quote = JSON.parse(line);
    if (!QUOTE_FIELDS.every((field) => typeof quote[field] === "string")) return [];
    // Drops the reason that a refused quote carries.
    return [Object.fromEntries(QUOTE_FIELDS.map((field) => [field, quote[field]])) as never];
  } catch {
    return [];
  }
}
