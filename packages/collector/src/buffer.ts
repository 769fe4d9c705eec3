import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "@steadfast/core/process";
import { QUOTE_FIELDS, type Quote } from "@steadfast/core/quotes";

export interface BufferOptions {
  /** Quotes at most. */
  capacity: number;
  /** File that keeps them through a crash; `""`: memory alone. */
  file?: string;
}

/**
 * Quotes that the database has not taken yet, in the order in which they came. With a file, a quote
 * is on disk before {@link QuoteBuffer.add} returns, and there again after a crash.
 *
 * When the buffer is full, it is the new quotes that are turned away: what once had a place keeps it.
 *
 * @example
 * ```ts
 * const buffer = new QuoteBuffer({ capacity: 10_000, file: "quotes.jsonl" });
 * buffer.add(quotes);
 * await store(buffer.first(500));
 * buffer.remove(500);
 * ```
 */
export class QuoteBuffer {
  readonly #capacity: number;
  readonly #file: string;
  #quotes: Quote[] = [];
  #problem: Error | undefined;

  /** @throws when the file cannot be read or written */
  constructor({ capacity, file = "" }: BufferOptions) {
    this.#capacity = capacity;
    this.#file = file;
    if (!file) return;
    makeFolder(dirname(file));
    if (existsSync(file)) this.#quotes = readFileSync(file, "utf8").split("\n").flatMap(parseLine);
    // A line that a crash left unfinished must not be the beginning of the next one.
    this.#rewrite();
  }

  get size(): number {
    return this.#quotes.length;
  }

  /** Why the file is not up to date, after which quotes are in memory alone; `undefined` when it is. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Adds quotes at the end, but none twice. @returns how many there was no place for */
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

  /** The oldest ones. */
  first(count: number): Quote[] {
    return this.#quotes.slice(0, count);
  }

  /**
   * Removes the oldest ones, which are stored. A crash before the file says so stores them once more,
   * which changes nothing.
   */
  remove(count: number): void {
    this.#quotes.splice(0, count);
    this.#save(() => this.#rewrite());
  }

  /** Brings the file up to date; as a whole, if that failed the last time and may have left a part. */
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

function keyOf({ symbol, currency, last_updated }: Quote): string {
  return `${symbol} ${currency} ${last_updated}`;
}

/** Writes lines, and returns when they are on the disk. */
function write(file: string, flag: "a" | "w", quotes: readonly Quote[]): void {
  const lines = quotes.map((quote) => `${JSON.stringify(quote)}\n`).join("");
  writeFileSync(file, lines, { flag, mode: 0o600, flush: true });
}

/** A quote, or nothing where a crash cut the line short. */
function parseLine(line: string): Quote[] {
  try {
    const quote = JSON.parse(line);
    if (!QUOTE_FIELDS.every((field) => typeof quote[field] === "string")) return [];
    // A quote that was set aside has its reason, too.
    return [Object.fromEntries(QUOTE_FIELDS.map((field) => [field, quote[field]])) as never];
  } catch {
    return [];
  }
}
