import { DomainError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";

/** A call that waits for its answer. */
export interface Call<Request, Answer> {
  readonly request: Request;
  readonly deadline: Deadline;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** Whether it has been answered or has waited for too long. */
  settled: boolean;
  /** What to say when its deadline passes; a sender that knows more sets it. */
  late: DomainError | undefined;
}

export interface CoalescerOptions<Request, Answer> {
  /**
   * Sends a batch as one call to the database, and settles each call in it. What it throws fails the
   * calls that are not settled by then.
   * @param signal aborts when nobody waits for the batch any more
   */
  send: (batch: Call<Request, Answer>[], signal: AbortSignal) => Promise<void>;
  /** Calls in a batch, at most. */
  size: number;
  /**
   * Batches under way at once. While there are so many, calls wait and the next batch grows, which
   * is what saves work under load; `docs/performance.md` has the measurements behind the defaults.
   */
  parallel: number;
  /** Whether a call may share a batch with those before it. @default always */
  fits?: (request: Request, batch: readonly Call<Request, Answer>[]) => boolean;
  /** Calls that may wait; one more is refused as `throttled`. @default 10,000 */
  queue?: number;
}

/**
 * Turns calls that are made at the same time into few batches. A lone call is sent within the same
 * turn of the event loop.
 *
 * A call fails for itself: when its deadline passes it stops waiting, and the others of its batch go
 * on. A batch that is refused as a whole (not for want of an answer) is sent again call by call, so
 * that one bad request cannot fail its neighbours.
 *
 * @example
 * ```ts
 * const reads = new Coalescer<string, Item>({ size: 100, parallel: 2, send: readBatch });
 * const item = await reads.call("key", Deadline.in(800));
 * ```
 */
export class Coalescer<Request, Answer> {
  readonly #options: Required<CoalescerOptions<Request, Answer>>;
  #waiting: Call<Request, Answer>[] = [];
  #underWay = 0;
  #scheduled = false;

  constructor(options: CoalescerOptions<Request, Answer>) {
    this.#options = { fits: () => true, queue: 10_000, ...options };
  }

  /** @throws DomainError `throttled` when too many calls wait; `unavailable` after the deadline */
  call(request: Request, deadline: Deadline): Promise<Answer> {
    if (this.#waiting.length >= this.#options.queue) {
      throw new DomainError("throttled", "Too many requests wait for the database.");
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, deadline, resolve, reject, settled: false, late: undefined });
      this.#schedule();
    });
  }

  /** At the end of this turn of the event loop: what arrives in it shares a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= this.#options.parallel) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#waiting.length > 0 && this.#underWay < this.#options.parallel) this.#flush();
    });
  }

  #flush(): void {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    this.#underWay++;
    this.#send(batch).finally(() => {
      this.#underWay--;
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #takeBatch(): Call<Request, Answer>[] {
    const { size, fits } = this.#options;
    const batch: Call<Request, Answer>[] = [];
    const later: Call<Request, Answer>[] = [];
    let looked = 0;
    while (looked < this.#waiting.length && batch.length < size) {
      const call = this.#waiting[looked++] as Call<Request, Answer>;
      if (call.deadline.left === 0) settle(call, () => call.reject(call.late ?? tooLate()));
      else if (fits(call.request, batch)) batch.push(call);
      else later.push(call);
    }
    this.#waiting = later.concat(this.#waiting.slice(looked));
    return batch;
  }

  async #send(batch: Call<Request, Answer>[]): Promise<void> {
    const abandoned = new AbortController();
    const timer = expireInTurn(batch, () => abandoned.abort());
    try {
      await this.#options.send(batch, abandoned.signal);
    } catch (error) {
      const failed = batch.filter((call) => !call.settled);
      if (error instanceof DomainError || failed.length <= 1) {
        for (const call of failed) settle(call, () => call.reject(error));
      } else {
        await Promise.all(failed.map((call) => this.#send([call])));
      }
    } finally {
      clearTimeout(timer.current);
    }
  }
}

/** Answers a call once. */
export function settle<Request, Answer>(call: Call<Request, Answer>, answer: () => void): void {
  if (call.settled) return;
  call.settled = true;
  answer();
}

/** Rejects each call when its own deadline passes, with one timer for all of them. */
function expireInTurn<Request, Answer>(batch: Call<Request, Answer>[], abandon: () => void) {
  const timer: { current?: NodeJS.Timeout } = {};
  const arm = () => {
    const left = batch.filter((call) => !call.settled).map((call) => call.deadline.left);
    if (left.length === 0) return abandon();
    timer.current = setTimeout(expire, Math.min(...left) + 1);
  };
  const expire = () => {
    for (const call of batch) {
      if (call.deadline.left === 0) settle(call, () => call.reject(call.late ?? tooLate()));
    }
    arm();
  };
  arm();
  return timer;
}

function tooLate(): DomainError {
  return new DomainError("unavailable", "The database did not answer.");
}
