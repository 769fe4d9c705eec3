import { setTimeout as sleep } from "node:timers/promises";
import {
  ANYBODY,
  Database,
  type DomainError,
  type DomainErrorKind,
  type Post,
} from "@steadfast/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Deadline } from "../../src/dynamodb/deadline.ts";
import { insertUser, makeCore, makeSweeper, PATIENT, scan } from "../support/core.ts";
import { LaggingDatabase } from "../support/lagging-database.ts";

/**
 * How 100 creations meet a removal. Counted in steps instead of time, so that they meet on any
 * machine: this many writers post in sequence, the removal begins after this many accepted posts,
 * and some posts begin only after it.
 */
const encounter = fc.record({
  writers: fc.integer({ min: 1, max: 12 }),
  accepted: fc.integer({ min: 1, max: 60 }),
  stragglers: fc.integer({ min: 0, max: 5 }),
});
type Encounter = typeof encounter extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * As many as fit into a few seconds. Shrinking would take hours for what depends on timing; the seed
 * of a failure is printed anyway.
 */
const RUNS = {
  numRuns: 50,
  interruptAfterTimeLimit: 5_000,
  endOnFailure: true,
  unbiased: true,
};

/** Lets a user post 100 times during their removal. */
async function raceCreationsAgainstRemoval(
  database: Database,
  settle: number,
  { writers, accepted, stragglers }: Encounter,
) {
  const core = makeCore({ database });
  const { users, posts } = core;
  const sweeper = makeSweeper(core, { settle });
  sweeper.start();
  const { id } = await insertUser(database);
  const removal = Promise.withResolvers<void>();
  const outcomes: ("accepted" | DomainErrorKind)[] = [];
  let left = 100 - stragglers;
  const write = async () => {
    const outcome = await posts.create({ user_id: id, content: "x" }, ANYBODY).then(
      () => "accepted" as const,
      (error: DomainError) => error.kind,
    );
    outcomes.push(outcome);
    if (outcomes.length === accepted) removal.resolve(users.remove(id, ANYBODY));
  };
  const writer = async () => {
    while (left-- > 0) await write();
  };
  await Promise.all(Array.from({ length: writers }, writer));
  await removal.promise;
  await Promise.all(Array.from({ length: stragglers }, write));
  while ((await core.removals.list()).length > 0) await sleep(5);
  await sweeper.stop();
  const orphans = await scan<Post>(database.tables.Posts, { user_id: id });
  return { orphans: orphans.length, outcomes };
}

describe("creations that race the removal of their user", () => {
  test("leave no post, over many interleavings", async () => {
    const database = new Database(PATIENT);
    let raced = 0;
    await fc.assert(
      fc.asyncProperty(encounter, async (steps) => {
        const { orphans, outcomes } = await raceCreationsAgainstRemoval(database, 0, steps);
        expect(orphans).toBe(0);
        expect(new Set(outcomes).isSubsetOf(new Set(["accepted", "not_found"]))).toBe(true);
        expect(outcomes).toHaveLength(100);
        if (new Set(outcomes).size === 2) raced++;
      }),
      RUNS,
    );
    // In some runs part of the posts came in time and part too late; otherwise nothing raced and the
    // test proves nothing.
    expect(raced).toBeGreaterThan(0);
  });

  test("leave no post while the index lags, if the sweep waits for it", async () => {
    const database = new LaggingDatabase({ ...PATIENT, lag: 80 });
    await fc.assert(
      fc.asyncProperty(encounter, async (steps) => {
        const { orphans } = await raceCreationsAgainstRemoval(database, 100, steps);
        expect(orphans).toBe(0);
      }),
      RUNS,
    );
  });

  test("would leave posts if the sweep did not wait for the index", async () => {
    const database = new LaggingDatabase({ ...PATIENT, lag: 2_000 });
    const found = await fc.check(
      fc.asyncProperty(encounter, async (steps) => {
        const { orphans } = await raceCreationsAgainstRemoval(database, 0, steps);
        return orphans === 0;
      }),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });
});

describe("a creation whose outcome is unsure", () => {
  test("takes its post back when it cannot see whether the user exists", async () => {
    const database = new Database(PATIENT);
    const { id } = await insertUser(database);
    const get = database.get.bind(database);
    database.get = async () => {
      await expect.poll(() => scan(database.tables.Posts, { user_id: id })).toHaveLength(1);
      throw new Error("no answer");
    };
    const create = makeCore({ database }).posts.create({ user_id: id, content: "unsure" }, ANYBODY);
    await expect(create).rejects.toThrow("no answer");
    database.get = get;
    await expect.poll(() => scan(database.tables.Posts, { user_id: id })).toEqual([]);
  });

  test("takes its post back although its deadline is spent", async () => {
    const database = new Database(PATIENT);
    const { id } = await insertUser(database);
    // The first deadline is the creation's; taking the post back uses the usual one.
    vi.spyOn(database, "deadline").mockReturnValueOnce(Deadline.in(1_000));
    database.get = async (_request, deadline) => {
      while (deadline?.left !== 0) await sleep(5);
      throw new Error("too late");
    };
    const create = makeCore({ database }).posts.create(
      { user_id: id, content: "too late" },
      ANYBODY,
    );
    await expect(create).rejects.toThrow();
    await expect.poll(() => scan(database.tables.Posts, { user_id: id })).toEqual([]);
  });

  test("takes its post back when the answer to the write was lost", async () => {
    const database = new Database(PATIENT);
    const { id } = await insertUser(database);
    const write = database.write.bind(database);
    database.write = async (...request) => {
      await write(...request);
      database.write = write;
      throw new Error("the answer got lost");
    };
    const create = makeCore({ database }).posts.create({ user_id: id, content: "twice?" }, ANYBODY);
    await expect(create).rejects.toThrow("the answer got lost");
    await expect.poll(() => scan(database.tables.Posts, { user_id: id })).toEqual([]);
  });
});
