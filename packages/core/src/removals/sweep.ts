import type { Database } from "../dynamodb/database.ts";
import type { Post } from "../posts/post.ts";
import { discardPost, listPostIds } from "../posts/requests.ts";
import type { Pace } from "./pace.ts";

/** Posts that are removed by one call: what a `BatchWriteItem` takes. */
const BATCH = 25;

export interface SweepOptions {
  database: Database;
  pace: Pace;
  /** Posts in a page. */
  page: number;
  /**
   * How long after its beginning an empty index is believed, in milliseconds: longer than the index lags
   * behind the table, and than a creation takes that began before the user was gone.
   */
  settle: number;
}

/** The posts of one removed user: page by page through the index, until it is empty and has settled. */
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

  /** When the next page is worth asking for, on the clock of `performance.now()`. */
  get due(): number {
    return this.#due;
  }

  /** Posts that were removed so far. */
  get removed(): number {
    return this.#removed;
  }

  /**
   * Removes a page of posts. To be called again after a failure: it begins with the same page.
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
    // The index needs a moment to show what was removed: asked at once, it would be removed again.
    this.#due = Math.max(performance.now() + this.#options.settle / 5, this.#settled);
    return empty && this.#passBegan >= this.#settled;
  }
}
