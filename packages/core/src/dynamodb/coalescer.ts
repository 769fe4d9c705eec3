import { DomainError, unanswered } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { isForAll } from "./errors.ts";

/** A call that waits for its answer. */
export interface Call<Request, Answer> {
  readonly request: Request;
  readonly deadline: Deadline;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** The items that it touches. */
  readonly items: readonly string[];
  settled: boolean;
  /** The error to report at the deadline, if the sender knows one. */
  late: DomainError | undefined;
}

export interface CoalescerOptions<Request, Answer> {
  /**
   * Sends a batch as one database call and settles each call; if it throws, the others fail with
   * that error.
   * @param signal aborts when no caller is waiting any more; `send` must then reject
   */
  send: (batch: Call<Request, Answer>[], signal: AbortSignal) => Promise<void>;
  /** Most items in a batch. */
  size: number;
  /**
   * Concurrent batches. While all are in flight, the next one grows, which saves work under load.
   */
  parallel: number;
  /** The items that a request touches; a batch holds each item once. @default one of its own */
  items?: (request: Request) => readonly string[];
  onIdle?: () => void;
  /** Most calls waiting; further ones fail as `throttled`. @default 10,000 */
  queue?: number;
}

interface Batch<Request, Answer> {
  readonly calls: readonly Call<Request, Answer>[];
  readonly abandoned: AbortController;
}

/** Milliseconds between two checks of the deadlines; one timer for all is cheaper. */
const TICK = 20;

const OWN_ITEM: readonly string[] = [""];

/**
 * Groups calls made at the same time into few batches. A lone call is sent in the same turn of the
 * event loop.
 *
 * Calls fail independently: one that passes its deadline leaves its batch, and a batch that is
 * refused because of its content is split in half and sent again, down to the culprit.
 *
 * @example
 * ```ts
 * const reads = new Coalescer<string, Item>({ size: 100, parallel: 2, send: readBatch });
 * const item = await reads.call("key", Deadline.in(800));
 * ```
 */
export class Coalescer<Request, Answer> {
  readonly #options: CoalescerOptions<Request, Answer>;
  readonly #underWay = new Set<Batch<Request, Answer>>();
  #waiting: Call<Request, Answer>[] = [];
  #slots: number;
  #scheduled = false;
  #ticking = false;

  constructor(options: CoalescerOptions<Request, Answer>) {
    this.#options = options;
    this.#slots = options.parallel;
  }

  /** @throws DomainError `throttled` when too many calls wait; `unavailable` after the deadline */
  call(request: Request, deadline: Deadline): Promise<Answer> {
    const { items, queue = 10_000 } = this.#options;
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= queue) {
        reject(new DomainError("throttled", "Too many requests wait for the database."));
        return;
      }
      const touched = items ? items(request) : OWN_ITEM;
      const state = { settled: false, late: undefined };
      this.#waiting.push({ request, deadline, resolve, reject, items: touched, ...state });
      this.#schedule();
      this.#tick();
    });
  }

  /** Runs at the end of this event-loop turn, so that everything in it shares a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#slots === 0 || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#slots > 0 && this.#flush());
    });
  }

  #flush(): boolean {
    const calls = this.#takeBatch();
    if (calls.length === 0) {
      this.#noteIdle();
      return false;
    }
    this.#slots--;
    this.#send(calls).finally(() => {
      this.#slots++;
      this.#schedule();
      this.#noteIdle();
    });
    return true;
  }

  #noteIdle(): void {
    if (this.#underWay.size === 0 && this.#waiting.length === 0) this.#options.onIdle?.();
  }

  /** First come, first served, except for calls whose item is taken. */
  #takeBatch(): Call<Request, Answer>[] {
    const { size, items } = this.#options;
    const batch: Call<Request, Answer>[] = [];
    const later: Call<Request, Answer>[] = [];
    const taken = new Set<string>();
    let room = size;
    let looked = 0;
    for (const call of this.#waiting) {
      // A call too large for any batch is sent alone; the database reports the problem.
      if (room === 0 || (call.items.length > room && batch.length > 0)) break;
      looked++;
      if (call.settled) continue;
      if (items && call.items.some((item) => taken.has(item))) {
        later.push(call);
        continue;
      }
      batch.push(call);
      room = Math.max(0, room - call.items.length);
      if (items) for (const item of call.items) taken.add(item);
    }
    this.#waiting = later.concat(this.#waiting.slice(looked));
    return batch;
  }

  async #send(all: readonly Call<Request, Answer>[]): Promise<void> {
    const calls = all.filter((call) => !call.settled);
    if (calls.length === 0) return;
    const batch = { calls, abandoned: new AbortController() };
    this.#underWay.add(batch);
    try {
      await this.#options.send(calls, batch.abandoned.signal);
    } catch (error) {
      if (isForAll(error) || calls.length === 1) {
        for (const call of calls) settle(call, () => call.reject(error));
      } else {
        const middle = Math.ceil(calls.length / 2);
        await this.#send(calls.slice(0, middle));
        await this.#send(calls.slice(middle));
      }
    } finally {
      this.#underWay.delete(batch);
    }
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    setTimeout(() => {
      this.#ticking = false;
      expire(this.#waiting);
      for (const { calls, abandoned } of this.#underWay) {
        // Nobody is waiting: end the sender, so that it reports what it knows.
        if (calls.every(isOver)) abandoned.abort();
        else expire(calls);
      }
      if (this.#waiting.length > 0 || this.#underWay.size > 0) this.#tick();
    }, TICK);
  }
}

/** Answers a call once. */
export function settle<Request, Answer>(call: Call<Request, Answer>, answer: () => void): void {
  if (call.settled) return;
  call.settled = true;
  answer();
}

function expire<Request, Answer>(calls: readonly Call<Request, Answer>[]): void {
  for (const call of calls) {
    if (!isOver(call)) continue;
    const tooLate = () => unanswered("DynamoDB");
    settle(call, () => call.reject(call.late ?? tooLate()));
  }
}

function isOver<Request, Answer>({ settled, deadline }: Call<Request, Answer>): boolean {
  return settled || deadline.left === 0;
}
