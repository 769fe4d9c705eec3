import type { Database } from "../dynamodb/database.ts";
import type { Post } from "../posts/post.ts";
import { discardPost, listPostIds } from "../posts/requests.ts";
import type { Pace } from "./pace.ts";

/** The limit of a `BatchWriteItem`. */
const BATCH = 25;

export interface SweepOptions {
  database: Database;
  pace: Pace;
  /** Posts per page. */
  page: number;
  /**
   * Milliseconds after which an empty index counts as empty: longer than it lags behind the table,
   * and than a creation that began before the user was gone.
   */
  settle: number;
}

/** Sweeps one removed user's posts through the index, until it is empty and has settled. */
export class Sweep {
  readonly userId: string;
  readonly #options: SweepOptions;
  readonly #settled: number;
  #startKey: Record<string, unknown> | undefined;
  #passBegan = 0;
  #found = 0;
  #removed = 0;
  #due = 0;

  constructor(userId: string, options: SweepOptions) {
    this.userId = userId;
    this.#options = options;
    this.#settled = performance.now() + options.settle;
  }

  /** When the next page is worth reading, on the clock of `performance.now()`. */
  get due(): number {
    return this.#due;
  }

  get removed(): number {
    return this.#removed;
  }

  /**
   * Removes a page of posts. After a failure it continues with the same page.
   * @returns whether no post is left
   */
  async next(signal: AbortSignal): Promise<boolean> {
    const { database, page } = this.#options;
    if (!this.#startKey) this.#passBegan = performance.now();
    const request = listPostIds(database.tables, this.userId, page, this.#startKey);
    const { items, lastKey } = await database.query<Pick<Post, "id">>(request);
    for (let start = 0; start < items.length; start += BATCH) {
      await this.#remove(items.slice(start, start + BATCH), signal);
    }
    this.#found += items.length;
    this.#startKey = lastKey;
    return lastKey === undefined && this.#endPass();
  }

  async #remove(posts: Pick<Post, "id">[], signal: AbortSignal): Promise<void> {
    const { database, pace } = this.#options;
    await pace.take(posts.length, signal);
    await Promise.all(posts.map(({ id }) => database.write(discardPost(database.tables, id))));
    this.#removed += posts.length;
  }

  /** @returns whether nothing was found, late enough */
  #endPass(): boolean {
    const empty = this.#found === 0;
    this.#found = 0;
    // Read at once, the index would show the same posts again.
    this.#due = Math.max(performance.now() + this.#options.settle / 5, this.#settled);
    return empty && this.#passBegan >= this.#settled;
  }
}
