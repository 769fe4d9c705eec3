import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Prints a line with its seconds for each step. */
export class Steps {
  /** Number of started steps. */
  begun = 0;
  readonly #out: NodeJS.WriteStream;

  /** @param out coloured if it is a terminal with colours */
  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** Runs a step and prints how it ended; on a terminal also that it started. */
  async run<T>(title: string, action: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.begun += 1;
    if (this.#out.isTTY) this.#out.write(this.#paint("dim", `· ${title}`));
    try {
      const result = await action();
      this.#end("green", "✓", title, started);
      return result;
    } catch (error) {
      this.#end("red", "✗", title, started);
      throw error;
    }
  }

  /** Prints a line between the steps. */
  note(text: string): void {
    this.#clear();
    this.#out.write(`${this.#paint("dim", `  ${text}`)}\n`);
  }

  #end(colour: Format, mark: string, title: string, started: number): void {
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    this.#clear();
    const line = `${this.#paint(colour, mark)} ${title.padEnd(66)} ${seconds.padStart(8)}`;
    this.#out.write(`${line}\n`);
  }

  /** Erases the line about the started step. */
  #clear(): void {
    if (this.#out.isTTY) this.#out.write("\r\u001b[2K");
  }

  #paint(format: Format, text: string): string {
    return styleText(format, text, { stream: this.#out });
  }
}
