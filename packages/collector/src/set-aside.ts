import { writeFileSync } from "node:fs";
import type { Quote } from "@steadfast/core/quotes";

/** Quotes that are remembered, and kept in the file, at most: a database that refuses all is no disk's end. */
const LIMIT = 10_000;

/**
 * Quotes that the database refused for what is in them. They wait in a file of JSON lines, each with
 * its reason, for somebody to look; added to the buffer's file, they are tried again.
 */
export class SetAside {
  readonly #file: string;
  readonly #known = new Set<string>();
  #count = 0;
  #reason: string | undefined;

  /** @param file `""`: they are counted and logged alone */
  constructor(file: string) {
    this.#file = file;
  }

  /** Whether it was refused, and need not be tried again when it is told once more. */
  has(quote: Quote): boolean {
    return this.#known.has(keyOf(quote));
  }

  /** Keeps a quote with the reason; a disk that does not take it is no reason to stop. */
  add(quote: Quote, reason: string): void {
    this.#count += 1;
    this.#reason = reason;
    if (this.#known.size >= LIMIT) return;
    this.#known.add(keyOf(quote));
    if (!this.#file) return;
    try {
      const line = `${JSON.stringify({ ...quote, refused: reason })}\n`;
      writeFileSync(this.#file, line, { flag: "a", mode: 0o600, flush: true });
    } catch (error) {
      this.#reason = `${reason}; and it is not kept: ${(error as Error).message}`;
    }
  }

  /** How many there were since this was last asked, and why the last one. */
  take(): { count: number; reason: string | undefined } {
    const taken = { count: this.#count, reason: this.#reason };
    this.#count = 0;
    this.#reason = undefined;
    return taken;
  }
}

/** Where the quotes go that a buffer's file cannot get rid of: `quotes.jsonl`, `quotes.refused.jsonl`. */
export function fileBeside(buffer: string): string {
  return buffer === "" ? "" : buffer.replace(/(\.[^./]*)?$/, ".refused$1");
}

function keyOf({ symbol, currency, last_updated }: Quote): string {
  return `${symbol} ${currency} ${last_updated}`;
}
