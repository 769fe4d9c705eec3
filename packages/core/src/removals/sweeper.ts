import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../dynamodb/database.ts";
import { Pace } from "./pace.ts";
import type { Removal } from "./removal.ts";
import type { Removals } from "./removals.ts";
import { type Standstill, StandstillWatch } from "./standstill.ts";
import { Sweep } from "./sweep.ts";

export interface Swept {
  user_id: string;
  /** Posts that this worker removed. */
  posts: number;
  /** Seconds since the user was removed. */
  seconds: number;
}

interface Listeners {
  onSwept?: (swept: Swept) => void;
  /** Called after each failure; the sweeper retries. */
  onFailed?: (error: unknown) => void;
  /** Called once a minute while removals stand still, in any process. */
  onStandstill?: (standstill: Standstill) => void;
}

export interface SweeperOptions extends Listeners {
  /** A database of the sweeper's own, so that requests never wait behind it. */
  database: Database;
  removals: Removals;
  /** Posts removed per second, at two write units each; 0 only watches. @default 200 */
  rate?: number;
  /** Milliseconds between searches for removals that others left. @default 10,000 */
  interval?: number;
  /** Milliseconds of silence after which others take a holder's removal. @default 15,000 */
  lease?: number;
  /** See {@link Sweep}. @default 5000 */
  settle?: number;
  /** Milliseconds without progress until `onStandstill`. @default 300,000 */
  patience?: number;
}

/** Removals per worker, a page each in turn, so that small ones never wait for a large one. */
const HELD = 100;

/** Milliseconds until the retry after a failure; doubled after each, up to `most`. */
const PAUSE = { first: 500, most: 30_000 };

interface Held {
  sweep: Sweep;
  since: string;
  progressed?: string;
}

/**
 * A worker in each process that sweeps the posts of removed users. It leases a removal and sends
 * heartbeats; if it dies, another takes over after `lease`. A lease lives while its heartbeat
 * changes, so clocks need not agree. If two workers share a removal, the only harm is the cost.
 */
export class Sweeper {
  readonly #name = randomUUID();
  readonly #options: Required<Omit<SweeperOptions, keyof Listeners>>;
  readonly #tell: Listeners;
  readonly #pace: Pace;
  readonly #ended = new AbortController();
  readonly #watch: StandstillWatch;
  readonly #held = new Map<string, Held>();
  /** Heartbeats of others, and when each was first seen. */
  readonly #heard = new Map<string, { sign: string; since: number }>();
  #woken = new AbortController();
  #nextLook = 0;
  #beats = 0;
  #running: Promise<void> | undefined;

  constructor({ database, removals, ...options }: SweeperOptions) {
    const { rate = 200, interval = 10_000, lease = 15_000, settle = 5000 } = options;
    const { patience = 300_000, ...listeners } = options;
    this.#options = { database, removals, rate, interval, lease, settle, patience };
    this.#tell = listeners;
    this.#pace = new Pace(rate);
    this.#watch = new StandstillWatch(patience);
  }

  start(): void {
    this.#options.removals.onRecorded(() => {
      this.#nextLook = 0;
      this.#woken.abort();
    });
    this.#running = this.#run();
  }

  /** Finishes what is in flight and releases the rest for others. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#woken.abort();
    await this.#running;
    const release = (id: string) => this.#options.removals.release(id, this.#name);
    await Promise.allSettled([...this.#held.keys()].map(release));
  }

  async #run(): Promise<void> {
    let pause = PAUSE.first;
    while (!this.#ended.signal.aborted) {
      try {
        await this.#step();
        pause = PAUSE.first;
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        this.#tell.onFailed?.(error);
        this.#tellStandstill();
        await this.#rest(pause);
        pause = Math.min(2 * pause, PAUSE.most);
      }
    }
  }

  /** Reads the list when due, then sweeps a page, or rests until there is work. */
  async #step(): Promise<void> {
    const now = performance.now();
    if (now >= this.#nextLook) await this.#look(now);
    const held = [...this.#held.values()];
    const next = held.find(({ sweep }) => sweep.due <= now);
    if (next) await this.#sweepPage(next);
    else await this.#rest(Math.min(this.#nextLook, ...held.map(({ sweep }) => sweep.due)) - now);
  }

  async #sweepPage(held: Held): Promise<void> {
    const { sweep, since } = held;
    // To the end of the queue.
    this.#held.delete(sweep.userId);
    this.#held.set(sweep.userId, held);
    const done = await sweep.next(this.#ended.signal);
    held.progressed = new Date().toISOString();
    if (!done) return;
    this.#held.delete(sweep.userId);
    if (!(await this.#options.removals.finish(sweep.userId, this.#name))) return;
    const seconds = Math.round((Date.now() - Date.parse(since)) / 1000);
    this.#tell.onSwept?.({ user_id: sweep.userId, posts: sweep.removed, seconds });
  }

  #tellStandstill(): void {
    const standstill = this.#watch.take();
    if (standstill) this.#tell.onStandstill?.(standstill);
  }

  /** Sends heartbeats and takes free removals. */
  async #look(now: number): Promise<void> {
    const { removals, interval, lease } = this.#options;
    // Before the list is read: a removal recorded meanwhile asks for another look.
    this.#nextLook = now + PAUSE.first;
    const all = await removals.list();
    this.#watch.look(all);
    this.#tellStandstill();
    const ours = new Set<string>();
    for (const removal of all) {
      if (await this.#keepOrTake(removal, now)) ours.add(removal.user_id);
    }
    for (const id of this.#held.keys()) if (!ours.has(id)) this.#held.delete(id);
    const listed = new Set(all.map(({ user_id }) => user_id));
    for (const id of this.#heard.keys()) if (!listed.has(id)) this.#heard.delete(id);
    // Jitter, so that processes do not look at the same time.
    const wait = all.length > 0 ? lease / 3 : interval * (0.5 + Math.random());
    if (this.#nextLook > 0) this.#nextLook = performance.now() + wait;
  }

  async #keepOrTake(removal: Removal, now: number): Promise<boolean> {
    const { user_id: id, since, holder } = removal;
    const { rate } = this.#options;
    const held = holder === this.#name ? this.#held.get(id) : undefined;
    const full = rate === 0 || this.#held.size >= HELD;
    if (!held && (full || !this.#isFree(removal, now))) return false;
    const { progressed } = held ?? {};
    const claim = { holder: this.#name, beat: String(++this.#beats), progressed };
    if (!(await this.#options.removals.claim(removal, claim))) return false;
    if (!held) {
      const { database, settle } = this.#options;
      const sweep = new Sweep(id, {
        database,
        pace: this.#pace,
        page: Math.min(100, rate),
        settle,
      });
      this.#held.set(id, { sweep, since });
    }
    return true;
  }

  #isFree({ user_id: id, holder, beat }: Removal, now: number): boolean {
    if (holder === undefined) return true;
    const sign = `${holder} ${beat}`;
    const heard = this.#heard.get(id);
    if (heard?.sign === sign) return now - heard.since >= this.#options.lease;
    this.#heard.set(id, { sign, since: now });
    return false;
  }

  async #rest(milliseconds: number): Promise<void> {
    if (this.#ended.signal.aborted) return;
    if (this.#woken.signal.aborted) this.#woken = new AbortController();
    const options = { signal: this.#woken.signal, ref: false };
    await sleep(Math.max(0, milliseconds), undefined, options).catch(() => {});
  }
}
