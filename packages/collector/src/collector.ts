import type { Quote } from "@steadfast/core/quotes";
import type { Logger } from "pino";
import type { QuoteBuffer } from "./buffer.ts";
import type { Failure, FailureName } from "./failure.ts";
import type { Outcome, Questions } from "./questions.ts";
import { every, pause } from "./schedule.ts";
import type { SetAside } from "./set-aside.ts";
import { isAway, type Writer } from "./writer.ts";

export interface CollectorOptions {
  /** Milliseconds between requests. */
  interval: number;
  symbols: string[];
  questions: Questions;
  buffer: QuoteBuffer;
  writer: Writer;
  setAside: SetAside;
  logger: Logger;
}

/** The `failure` of a cycle's log line. */
export type CycleFailure =
  | FailureName
  | "BufferFull"
  | "BufferBroken"
  | "DatabaseUnavailable"
  | "DatabaseRefuses"
  | "QuoteRefused";

/** Missed cycles, plus a margin in milliseconds. */
const HUNG = { cycles: 3, margin: 90_000 };

/** Requests quotes at an interval, buffers them, and has them written. Logs one line per cycle. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #startedAt = Date.now();
  #cycleEndedAt = performance.now();
  #last: Outcome | undefined;
  #wasReady = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Starts at once. @returns a promise that rejects if the loop fails, which would be a bug */
  start(): Promise<void> {
    const { interval } = this.#options;
    this.#startedAt = Date.now();
    this.#cycleEndedAt = performance.now();
    this.#loop = every(interval, this.#stopping.signal, (next) => this.#cycle(next));
    return this.#loop;
  }

  /**
   * Stops requesting and writes what is buffered.
   * @param patience milliseconds to keep trying
   */
  async stop(patience: number): Promise<void> {
    const { writer, buffer } = this.#options;
    this.#stopping.abort();
    await this.#loop;
    const until = performance.now() + patience;
    await writer.flush();
    while (buffer.size > 0 && performance.now() < until) {
      await pause(500, new AbortController().signal);
      await writer.flush();
    }
  }

  /**
   * Why the collector cannot work now; `undefined` when it can. A market that is down does not
   * count.
   */
  get obstacle(): string | undefined {
    const { writer } = this.#options;
    if (this.#stopping.signal.aborted) return "stopping";
    if (!this.#last) return "starting";
    if (this.#last.failure?.remedy === "refused") return this.#last.failure.message;
    return writer.works ? undefined : "the database does not take quotes";
  }

  /**
   * Whether it could work once and is not stopping. Replacing it would not mend a later outage of
   * the database.
   */
  get ready(): boolean {
    return this.#wasReady && !this.#stopping.signal.aborted;
  }

  /** Whether cycles finish, successful or not. */
  get alive(): boolean {
    const { interval } = this.#options;
    return performance.now() - this.#cycleEndedAt < HUNG.cycles * interval + HUNG.margin;
  }

  async #cycle(next: number): Promise<void> {
    const { questions, writer, buffer } = this.#options;
    const began = performance.now();
    // Waiting quotes need not wait for the market as well.
    if (buffer.size > 0 || !writer.works) writer.flush();
    const outcome = await questions.ask(next, this.#stopping.signal);
    const lost = this.#keep(outcome.quotes);
    // A database that does not answer must not delay the next request.
    await Promise.race([writer.flush(), pause(next - performance.now(), this.#stopping.signal)]);
    this.#last = outcome;
    this.#wasReady ||= this.obstacle === undefined;
    this.#cycleEndedAt = performance.now();
    // A request cancelled by the shutdown is no failure.
    if (this.#stopping.signal.aborted && outcome.failure) return;
    this.#report(outcome, lost, performance.now() - began);
  }

  /** Buffers quotes that are not stored yet. @returns how many did not fit */
  #keep(quotes: Quote[]): number {
    const { buffer, writer, setAside } = this.#options;
    const fresh = quotes.filter(
      ({ symbol, last_updated }) => writer.newest(symbol) !== last_updated,
    );
    return buffer.add(fresh.filter((quote) => !setAside.has(quote)));
  }

  #problems(failure: Failure | undefined, lost: number, refused: string | undefined): Problem[] {
    const { buffer, writer } = this.#options;
    const problems: Problem[] = [];
    if (failure) problems.push({ name: failure.name, detail: failure.message });
    if (lost > 0) problems.push({ name: "BufferFull", detail: `${lost} quotes found no place` });
    if (buffer.problem) problems.push({ name: "BufferBroken", detail: buffer.problem.message });
    if (writer.problem) problems.push(explain(writer.problem));
    if (refused !== undefined) problems.push({ name: "QuoteRefused", detail: refused });
    return problems;
  }

  #report({ quotes, attempts, failure }: Outcome, lost: number, duration: number): void {
    const { writer, buffer, logger, questions, setAside } = this.#options;
    const refused = setAside.take();
    const problems = this.#problems(failure, lost, refused.reason);
    const line = {
      event: "cycle",
      fetched: quotes.length,
      stored: writer.takeStored(),
      buffered: buffer.size,
      refused: refused.count,
      lag_seconds: this.#lagSeconds(),
      failure: problems[0]?.name ?? null,
      ...(problems.length > 0 && { detail: problems.map(({ detail }) => detail).join("; ") }),
      ...(questions.waitingSeconds > 0 && { waiting_seconds: questions.waitingSeconds }),
      attempts,
      ms: Math.round(duration),
    };
    if (failure?.remedy === "refused") logger.error(line, "cycle");
    else if (problems.length > 0) logger.warn(line, "cycle");
    else logger.info(line, "cycle");
  }

  /** Age of the newest stored quote, of the coin where it is oldest. */
  #lagSeconds(): number {
    const { symbols, writer } = this.#options;
    const ages = symbols.map((symbol) => {
      const newest = writer.newest(symbol);
      return Date.now() - (newest === undefined ? this.#startedAt : Date.parse(newest));
    });
    return Math.max(0, Math.round(Math.max(...ages) / 100) / 10);
  }
}

interface Problem {
  name: CycleFailure;
  detail: string;
}

function explain(problem: Error): Problem {
  if (!isAway(problem)) return { name: "DatabaseRefuses", detail: problem.message };
  const { code, message } = (problem.cause ?? problem) as NodeJS.ErrnoException;
  return { name: "DatabaseUnavailable", detail: message || code || problem.message };
}
