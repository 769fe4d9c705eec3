import { DomainError, unanswered } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { isForAll } from "./errors.ts";

/** A call that waits for its answer. */
export interface Call<Request, Answer> {
  readonly request: Request;
  readonly deadline: Deadline;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** The items that it touches; see {@link CoalescerOptions.items}. */
  readonly items: readonly string[];
  /** Whether it has been answered or has waited for too long. */
  settled: boolean;
  /** What to say when its deadline passes; a sender that knows more sets it. */
  late: DomainError | undefined;
}

export interface CoalescerOptions<Request, Answer> {
  /**
   * Sends a batch as one call to the database, and settles each call in it. What it throws fails the
   * calls that are not settled by then.
   * @param signal aborts when nobody has time to wait for the batch any more; it must reject then
   */
  send: (batch: Call<Request, Answer>[], signal: AbortSignal) => Promise<void>;
  /** Items in a batch, at most; the limit of the database. */
  size: number;
  /**
   * Batches under way at once. While there are so many, calls wait and the next batch grows, which
   * is what saves work under load; `docs/performance.md` has the measurements behind the default.
   */
  parallel: number;
  /**
   * The items that a request touches. A batch has none of them twice, so a request that touches one
   * of another's waits for the next batch.
   * @default one that nobody else touches
   */
  items?: (request: Request) => readonly string[];
  /** Told when nobody waits any more and nothing is under way. */
  onIdle?: () => void;
  /** Calls that may wait; one more is refused as `throttled`. @default 10,000 */
  queue?: number;
}

/** A batch under way. */
interface Batch<Request, Answer> {
  readonly calls: readonly Call<Request, Answer>[];
  readonly abandoned: AbortController;
}

/** How often deadlines are looked at, in milliseconds. One timer for all is cheaper than one each. */
const TICK = 20;

/** Counts as one item, and is never looked up. */
const OWN_ITEM: readonly string[] = [""];

/**
 * Turns calls that are made at the same time into few batches. A lone call is sent within the same
 * turn of the event loop.
 *
 * A call fails for itself: when its deadline passes it stops waiting, and the others of its batch go
 * on. A batch that is refused for something in it is sent again in halves, one after the other, and
 * so on down to the culprit: one bad request cannot fail its neighbours, and costs a dozen calls.
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

  /** At the end of this turn of the event loop: what arrives in it shares a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#slots === 0 || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#slots > 0 && this.#flush());
    });
  }

  /** @returns whether there was anything to send */
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

  /** First come, first served, but for those who must wait for an item. */
  #takeBatch(): Call<Request, Answer>[] {
    const { size, items } = this.#options;
    const batch: Call<Request, Answer>[] = [];
    const later: Call<Request, Answer>[] = [];
    const taken = new Set<string>();
    let room = size;
    let looked = 0;
    for (const call of this.#waiting) {
      // One that is too large for any batch goes alone, and the database says what is wrong with it.
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

  /** Looks at the deadlines for as long as anybody waits. */
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    setTimeout(() => {
      this.#ticking = false;
      expire(this.#waiting);
      for (const { calls, abandoned } of this.#underWay) {
        // When nobody has time left the sender ends, and tells what it knows.
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
