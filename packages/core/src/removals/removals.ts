import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { Database } from "../dynamodb/database.ts";
import type { Action } from "../dynamodb/transactions.ts";
import type { Claim, Removal } from "./removal.ts";
import * as requests from "./requests.ts";

export interface RemovalsOptions {
  database: Database;
  /**
   * How old a process's knowledge of the removals may be, in milliseconds, and for how long a removal
   * waits therefore until it is acknowledged. A process that is asked for posts reads the list so often,
   * at a read unit each; one that is not reads nothing.
   * @default 1000
   */
  propagation?: number;
}

type Users = ReadonlySet<string>;

/**
 * The removed users whose posts are not swept yet: a list in the table Removals, for the workers who
 * sweep (see `Sweeper`), and for readers, to whom those posts are not shown.
 *
 * No reader asks the table by itself. A process knows the list for `propagation`, counted from when it
 * asked, and a removal is acknowledged when that time has passed since it was recorded. So whoever
 * reads after the acknowledgement, in whichever process, is told by a list that has it.
 */
export class Removals {
  readonly #database: Database;
  readonly #propagation: number;
  readonly #listeners = new Set<() => void>();
  #known: Users = new Set();
  /** When the list that is known was asked for, on the clock of `performance.now()`. */
  #asked = Number.NEGATIVE_INFINITY;
  #asking: { since: number; answer: Promise<Users> } | undefined;

  constructor({ database, propagation = 1000 }: RemovalsOptions) {
    this.#database = database;
    this.#propagation = propagation;
  }

  /** The action that records a removal, for the transaction that removes the user. */
  record(userId: string): Action {
    return requests.recordRemoval(this.#database.tables, userId, new Date().toISOString());
  }

  /** Tells this process's workers of a removal that was recorded; resolves when every process knows it. */
  async announce(): Promise<void> {
    for (const listener of this.#listeners) listener();
    await sleep(this.#propagation);
  }

  /** Calls back after each removal that is recorded by this process. */
  onRecorded(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /**
   * The users whose posts must not be shown: at once where the list is known well enough, else by a
   * promise, for which one read of the list serves all who ask meanwhile.
   * @throws DomainError `unavailable` or `throttled`, by the promise
   */
  pending(): Users | Promise<Users> {
    const now = performance.now();
    const oldest = now - this.#propagation;
    if (this.#asked >= oldest) return this.#known;
    return this.#asking && this.#asking.since >= oldest ? this.#asking.answer : this.#ask(now);
  }

  /** All removals that are not finished, strongly consistent. */
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

  /** @returns whether it is now the holder's, which it is not when it has changed since it was seen */
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

/** Whether the condition of a write held. */
async function held(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
