import { writeFileSync } from "node:fs";
import type { Quote } from "@steadfast/core/quotes";
import { keyOf } from "./buffer.ts";

/** In memory and in the file: a database that refuses everything must not fill the disk. */
const LIMIT = 10_000;

/**
 * Quotes whose content the database refused. They wait in a file of JSON lines, each with its
 * reason; appended to the buffer's file, they are tried again.
 */
export class SetAside {
  readonly #file: string;
  readonly #known = new Set<string>();
  #count = 0;
  #reason: string | undefined;

  /** @param file `""` only counts and logs them */
  constructor(file: string) {
    this.#file = file;
  }

  /** Whether the quote was refused before. */
  has(quote: Quote): boolean {
    return this.#known.has(keyOf(quote));
  }

  /** A failing disk does not stop the collector. */
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

  /** How many there were since the last call, and the last one's reason. */
  take(): { count: number; reason: string | undefined } {
    const taken = { count: this.#count, reason: this.#reason };
    this.#count = 0;
    this.#reason = undefined;
    return taken;
  }
}

/** `quotes.refused.jsonl` for `quotes.jsonl`. */
export function fileBeside(buffer: string): string {
  return buffer === "" ? "" : buffer.replace(/(\.[^./]*)?$/, ".refused$1");
}
