import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { Database } from "../dynamodb/database.ts";
import type { Action } from "../dynamodb/transactions.ts";
import type { Claim, Removal } from "./removal.ts";
import * as requests from "./requests.ts";

export interface RemovalsOptions {
  database: Database;
  /**
   * Milliseconds for which a process may use its copy of the list, and for which a removal
   * therefore waits before it is acknowledged. @default 1000
   */
  propagation?: number;
}

type Users = ReadonlySet<string>;

/**
 * Removed users whose posts are not swept yet: a list in the table Removals, for the workers that
 * sweep (see `Sweeper`) and for readers, which hide those posts.
 *
 * A process keeps the list for `propagation`, counted from its query, and a removal is acknowledged
 * once that time has passed since it was recorded: every later read, in any process, knows of it.
 */
export class Removals {
  readonly #database: Database;
  readonly #propagation: number;
  readonly #listeners = new Set<() => void>();
  #known: Users = new Set();
  /** On the clock of `performance.now()`. */
  #asked = Number.NEGATIVE_INFINITY;
  #asking: { since: number; answer: Promise<Users> } | undefined;

  constructor({ database, propagation = 1000 }: RemovalsOptions) {
    this.#database = database;
    this.#propagation = propagation;
  }

  /** For the transaction that removes the user. */
  record(userId: string): Action {
    return requests.recordRemoval(this.#database.tables, userId, new Date().toISOString());
  }

  /** Tells this process's workers; resolves once every process knows. */
  async announce(): Promise<void> {
    for (const listener of this.#listeners) listener();
    await sleep(this.#propagation);
  }

  /** Calls back after each removal that this process records. */
  onRecorded(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * The users whose posts are hidden: at once if the list is fresh, otherwise as a promise that all
   * callers share.
   * @throws DomainError `unavailable` or `throttled`, by the promise
   */
  pending(): Users | Promise<Users> {
    const now = performance.now();
    const oldest = now - this.#propagation;
    if (this.#asked >= oldest) return this.#known;
    return this.#asking && this.#asking.since >= oldest ? this.#asking.answer : this.#ask(now);
  }

  /** All unfinished removals, strongly consistent. */
  async list(): Promise<Removal[]> {
    const removals: Removal[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const request = requests.listRemovals(this.#database.tables, startKey);
      const { items, lastKey } = await this.#database.query<Removal>(request);
      removals.push(...items);
      startKey = lastKey;
    } while (startKey);
    return removals;
  }

  /** @returns whether the holder has it now; not if it changed since it was read */
  claim(seen: Removal, claim: Claim): Promise<boolean> {
    return held(this.#database.update(requests.claimRemoval(this.#database.tables, seen, claim)));
  }

  /** @returns whether it was the holder's */
  release(userId: string, holder: string): Promise<boolean> {
    const request = requests.releaseRemoval(this.#database.tables, userId, holder);
    return held(this.#database.update(request));
  }

  /** @returns whether it was the holder's */
  finish(userId: string, holder: string): Promise<boolean> {
    const request = requests.finishRemoval(this.#database.tables, userId, holder);
    return held(this.#database.delete(request));
  }

  #ask(since: number): Promise<Users> {
    const answer = this.#read(since);
    const asking = { since, answer };
    this.#asking = asking;
    const over = () => {
      if (this.#asking === asking) this.#asking = undefined;
    };
    answer.then(over, over);
    return answer;
  }

  async #read(since: number): Promise<Users> {
    const users = new Set((await this.list()).map(({ user_id }) => user_id));
    if (since > this.#asked) {
      this.#asked = since;
      this.#known = users;
    }
    return users;
  }
}

async function held(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
