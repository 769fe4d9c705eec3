import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Prints what a rehearsal does: a line a step with its seconds. */
export class Steps {
  /** How many have begun. */
  begun = 0;
  readonly #out: NodeJS.WriteStream;

  /** @param out coloured when it is a terminal that wants colours */
  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** Runs a step and prints how it ended; on a terminal also that it began. */
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

  /** Takes back the line that says that a step began. */
  #clear(): void {
    if (this.#out.isTTY) this.#out.write("\r\u001b[2K");
  }

  #paint(format: Format, text: string): string {
    return styleText(format, text, { stream: this.#out });
  }
}
