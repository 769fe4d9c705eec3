import { spawn } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ANYBODY, Database, type Swept } from "@steadfast/core";
import { afterEach, describe, expect, inject, test, vi } from "vitest";
import { Pace } from "../../src/removals/pace.ts";
import { recordRemoval } from "../../src/removals/requests.ts";
import type { Standstill } from "../../src/removals/standstill.ts";
import {
  insertUser,
  loginsOf,
  makeCore,
  makeSweeper,
  PATIENT,
  scan,
  sweepAll,
} from "../support/core.ts";
import { FaultyDynamoDB, failure } from "../support/faulty-dynamodb.ts";

const core = makeCore();
const { database, users, removals } = core;

/** A removed user with this many posts that nobody sweeps yet. */
async function removedUser(count: number): Promise<string> {
  const { id } = await insertUser(database);
  await insertManyPosts(id, count);
  await users.remove(id, ANYBODY);
  return id;
}

async function insertManyPosts(user_id: string, count: number): Promise<void> {
  const date = new Date().toISOString();
  const TableName = database.tables.Posts;
  const write = () => {
    const Item = { id: randomUUIDv7(), user_id, content: "x", date, last_update: date };
    return database.write({ TableName, Item });
  };
  await Promise.all(Array.from({ length: count }, write));
}

const postsOf = (id: string) => scan(database.tables.Posts, { user_id: id });

describe("a sweeper", () => {
  test("is told of a removal of its own process, without waiting for its next look", async () => {
    const swept: Swept[] = [];
    const sweeper = makeSweeper(core, { interval: 3_600_000, onSwept: (one) => swept.push(one) });
    sweeper.start();
    const id = await removedUser(120);
    await expect.poll(() => swept).toEqual([{ user_id: id, posts: 120, seconds: 0 }]);
    await sweeper.stop();
    expect(await removals.list()).toEqual([]);
  });

  test("finds what another process recorded", async () => {
    const id = await removedUser(3);
    const swept: Swept[] = [];
    const sweeper = makeSweeper(makeCore(), { onSwept: (one) => swept.push(one) });
    sweeper.start();
    await expect.poll(() => swept.map(({ user_id }) => user_id)).toEqual([id]);
    await sweeper.stop();
  });

  test("does not let a small removal wait for a large one", async () => {
    const large = await removedUser(1500);
    const swept: string[] = [];
    const onSwept = ({ user_id }: Swept) => swept.push(user_id);
    const sweeper = makeSweeper(core, { onSwept });
    sweeper.start();
    const small = await removedUser(2);
    await expect.poll(() => swept).toEqual([small, large]);
    await sweeper.stop();
  });

  test("that is stopped lets go, so that another goes on at once", async () => {
    const id = await removedUser(500);
    const first = makeSweeper(core, { rate: 100 });
    first.start();
    await expect.poll(async () => (await postsOf(id)).length).toBeLessThan(500);
    await first.stop();
    expect(await removals.list()).toEqual([{ list: "pending", user_id: id, since: anyText }]);
    await sweepAll(makeCore(), { lease: 3_600_000 });
    expect(await postsOf(id)).toEqual([]);
  });

  test("takes no removal whose holder gives signs of life", async () => {
    const id = await removedUser(240);
    const slow = makeSweeper(core, { rate: 40, lease: 4000 });
    slow.start();
    await expect.poll(async () => (await postsOf(id)).length).toBeLessThan(240);
    const swept: Swept[] = [];
    const idle = makeSweeper(makeCore(), { lease: 4000, onSwept: (one) => swept.push(one) });
    idle.start();
    await expect.poll(() => removals.list()).toEqual([]);
    await Promise.all([slow.stop(), idle.stop()]);
    expect(swept).toEqual([]);
  });
});

describe("a sweeper whose database fails", () => {
  let dynamodb: FaultyDynamoDB;
  afterEach(() => dynamodb.close());

  test("says so, tries again and ends with no post", async () => {
    dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    const endpoint = dynamodb.endpoint;
    const faulty = new Database({ ...PATIENT, client: { endpoint } });
    const id = await removedUser(100);
    let troubles = 4;
    dynamodb.fault = ({ operation }) =>
      operation !== "BatchGetItem" && troubles-- > 0
        ? failure(troubles % 2 ? "ThrottlingException" : "InternalServerError")
        : undefined;
    const failures: unknown[] = [];
    const sweeping = { ...makeCore({ database: faulty }), database: faulty };
    const sweeper = makeSweeper(sweeping, { onFailed: (error) => failures.push(error) });
    sweeper.start();
    await expect.poll(() => removals.list()).toEqual([]);
    await sweeper.stop();
    expect(await postsOf(id)).toEqual([]);
    faulty.close();
  });
});

describe("removals that stand still", () => {
  test("are told of by a process that takes no part, and no more when others get on", async () => {
    const { id } = await insertUser(database);
    await insertManyPosts(id, 60);
    await database.transactWrite([recordRemoval(database.tables, id, hoursAgo(1))]);
    const told: Standstill[] = [];
    const onStandstill = (one: Standstill) => told.push(one);
    const idle = makeSweeper(makeCore(), { rate: 0, onStandstill });
    idle.start();
    await expect.poll(() => told.map(({ pending }) => pending)).toEqual([1]);
    expect(told[0]?.seconds).toBeGreaterThanOrEqual(3600);
    await idle.stop();
    expect(await postsOf(id)).toHaveLength(60);

    // Pages of 20 posts, one a second: each is progress.
    const busy = makeSweeper(core, { rate: 20, lease: 60 });
    busy.start();
    const progress = async () => (await removals.list()).map(({ progressed }) => progressed);
    await expect.poll(progress).toEqual([expect.stringMatching(/Z$/)]);
    const late: Standstill[] = [];
    const other = makeSweeper(makeCore(), {
      ...{ rate: 0, patience: 1_800_000 },
      onStandstill: (one) => late.push(one),
    });
    other.start();
    await expect.poll(() => removals.list()).toEqual([]);
    await Promise.all([busy.stop(), other.stop()]);
    expect(late).toEqual([]);
    expect(await postsOf(id)).toEqual([]);
  });

  test("are told of when one alone cannot be got on with, although its holder lives", async () => {
    const dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    const faulty = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
    const { id } = await insertUser(database);
    await database.transactWrite([recordRemoval(database.tables, id, hoursAgo(2))]);
    dynamodb.fault = ({ operation, request }) =>
      operation === "Query" && JSON.stringify(request).includes(id)
        ? failure("ValidationException")
        : undefined;
    const told: Standstill[] = [];
    const core = { ...makeCore({ database: faulty }), database: faulty };
    const sweeper = makeSweeper(core, { lease: 60, onStandstill: (one) => told.push(one) });
    sweeper.start();
    await expect.poll(() => told.map(({ seconds }) => seconds)).toEqual([expect.any(Number)]);
    await expect.poll(async () => (await removals.list())[0]?.holder).toBeTruthy();
    expect((await removals.list())[0]).not.toHaveProperty("progressed");
    dynamodb.fault = () => undefined;
    await expect.poll(() => removals.list()).toEqual([]);
    await sweeper.stop();
    faulty.close();
    await dynamodb.close();
  });

  test("are told of when the list cannot be read", async () => {
    const dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    const faulty = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
    dynamodb.fault = () => failure("AccessDeniedException");
    const told: Standstill[] = [];
    const core = { ...makeCore({ database: faulty }), database: faulty };
    const sweeper = makeSweeper(core, { patience: 100, onStandstill: (one) => told.push(one) });
    sweeper.start();
    await expect.poll(() => told).toEqual([{ pending: 0, seconds: expect.any(Number) }]);
    await sweeper.stop();
    faulty.close();
    await dynamodb.close();
  });

  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
});

describe("a removal whose sweeper died by SIGKILL in the middle of 1,000 posts", () => {
  test("is finished by another one, which waits for the lease alone", async () => {
    const { id } = await insertUser(database);
    await insertManyPosts(id, 1000);

    const script = fileURLToPath(new URL("../support/die-while-removing.ts", import.meta.url));
    const child = spawn(process.execPath, [script, id, "300"], { stdio: "inherit" });
    const [, signal] = await once(child, "exit");

    expect(signal).toBe("SIGKILL");
    const left = await postsOf(id);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(1000);
    expect(await scan(database.tables.Users, { id })).toEqual([]);
    expect(await loginsOf(database, id)).toEqual([]);

    await sweepAll(core, { lease: 100 });
    expect(await postsOf(id)).toEqual([]);
    await expect(users.remove(id, ANYBODY)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("a pace", () => {
  afterEach(() => void vi.useRealTimers());

  test("lets no more through than its rate, and lets an idle time not be made up for", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const pace = new Pace(100);
    const { signal } = new AbortController();
    await pace.take(25, signal);
    const second = pace.take(25, signal);
    await expect(Promise.race([second, Promise.resolve("waits")])).resolves.toBe("waits");
    await second;
    vi.advanceTimersByTime(60_000);
    await pace.take(25, signal);
    const next = pace.take(25, signal);
    await expect(Promise.race([next, Promise.resolve("waits")])).resolves.toBe("waits");
    await next;
  });

  test("ends its wait with the signal", async () => {
    const pace = new Pace(0.001);
    const end = new AbortController();
    await pace.take(1, end.signal);
    const waiting = pace.take(1, end.signal);
    end.abort();
    await expect(waiting).rejects.toThrow();
  });
});

const anyText = expect.any(String);
