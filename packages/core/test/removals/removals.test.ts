import { randomUUIDv7 } from "node:crypto";
import { ANYBODY, Database, Posts, Removals, type User, Users } from "@steadfast/core";
import { afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { insertUser, loginsOf, makeCore, PATIENT, scan, sweepAll } from "../support/core.ts";
import { FaultyDynamoDB } from "../support/faulty-dynamodb.ts";

const core = makeCore();
const { database, posts, users, removals } = core;

describe("until their posts are swept, those of a removed user", () => {
  test("are not shown, not listed and not changed, by anybody", async () => {
    const { id } = await insertUser(database);
    const post = await posts.create({ user_id: id, content: "mine" }, ANYBODY);
    await users.remove(id, ANYBODY);
    const notFound = { kind: "not_found" };
    await expect(posts.get(post.id)).rejects.toMatchObject(notFound);
    await expect(posts.listByUser(id, { limit: 20 })).rejects.toMatchObject(notFound);
    await expect(posts.update(post.id, { content: "new" }, ANYBODY)).rejects.toMatchObject(
      notFound,
    );
    const owner = { id, epoch: "0" };
    await expect(posts.update(post.id, { content: "new" }, owner)).rejects.toMatchObject(notFound);
    await expect(posts.remove(post.id, owner)).rejects.toMatchObject(notFound);
    expect(await scan(database.tables.Posts, { user_id: id })).toHaveLength(1);
    await sweepAll(core);
    expect(await scan(database.tables.Posts, { user_id: id })).toEqual([]);
    await expect(posts.get(post.id)).rejects.toMatchObject(notFound);
  });

  test("are shown by no other process, either, once the removal was acknowledged", async () => {
    const propagation = 150;
    const here = new Removals({ database, propagation });
    const there = new Posts({ database, removals: new Removals({ database, propagation }) });
    const { id } = await insertUser(database);
    const { id: post } = await posts.create({ user_id: id, content: "mine" }, ANYBODY);
    const removal = new Users({ database, passwords: core.passwords, removals: here });
    let acknowledged = false;
    const removing = removal.remove(id, ANYBODY).then(() => {
      acknowledged = true;
    });
    // Read continuously, so that the process's copy is as old as it may be.
    let shown = 0;
    while (!acknowledged) if (await there.get(post).catch(() => {})) shown++;
    await removing;
    await expect(there.get(post)).rejects.toMatchObject({ kind: "not_found" });
    // Otherwise the other process had no stale copy.
    expect(shown).toBeGreaterThan(0);
    await sweepAll(core);
  });
});

describe("the list of removals", () => {
  let dynamodb: FaultyDynamoDB;
  let counted: Database;

  beforeEach(async () => {
    dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    counted = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
  });
  afterEach(async () => {
    counted.close();
    await dynamodb.close();
    vi.useRealTimers();
  });

  const queries = () => dynamodb.operations().filter((name) => name === "Query").length;

  test("is read once for many readers, and again when it is as old as it may be", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const list = new Removals({ database: counted, propagation: 1000 });
    await Promise.all(Array.from({ length: 50 }, () => list.pending()));
    expect(queries()).toBe(1);
    vi.advanceTimersByTime(999);
    expect(list.pending()).toBeInstanceOf(Set);
    expect(queries()).toBe(1);
    vi.advanceTimersByTime(2);
    await Promise.all([list.pending(), list.pending()]);
    expect(queries()).toBe(2);
  });

  test("is asked for anew when what is known is too old, and fails with the database", async () => {
    const list = new Removals({ database: counted, propagation: 0 });
    await list.pending();
    await list.pending();
    expect(queries()).toBe(2);
    dynamodb.fault = () => ({ status: 500, body: { __type: "InternalServerError" } });
    await expect(list.pending()).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("is read to its end", async () => {
    // A megabyte is a page: these are two and a bit.
    const TableName = database.tables.Removals;
    const ids = Array.from({ length: 60 }, () => randomUUIDv7());
    const item = (user_id: string) => ({ list: "pending", user_id, since: "x".repeat(40_000) });
    await Promise.all(ids.map((id) => database.write({ TableName, Item: item(id) })));
    const listed = new Set((await removals.list()).map(({ user_id }) => user_id));
    expect(ids.every((id) => listed.has(id))).toBe(true);
    await Promise.all(
      ids.map((user_id) => database.write({ TableName, Key: { list: "pending", user_id } })),
    );
  });
});

test("twenty removals of one user at once are one: each post is removed once", async () => {
  const dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
  const counted = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
  const counting = makeCore({ database: counted });
  const { id } = (await counting.users.create({
    name: "Ada",
    login: `ada-${randomUUIDv7()}`,
    password: "correct horse",
  })) as User;
  const POSTS = 60;
  const write = () => counting.posts.create({ user_id: id, content: "x" }, ANYBODY);
  await Promise.all(Array.from({ length: POSTS }, write));
  const before = dynamodb.calls.length;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => counting.users.remove(id, ANYBODY)),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason.kind).toBe("not_found");
  }
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
  expect(await removals.list()).toHaveLength(1);
  await Promise.all([sweepAll(counting), sweepAll(counting), sweepAll(counting)]);
  const deleted = dynamodb.calls
    .slice(before)
    .filter(({ operation }) => operation === "BatchWriteItem")
    .flatMap(({ request }) => request.RequestItems[counted.tables.Posts]);
  expect(deleted).toHaveLength(POSTS);
  expect(await scan(database.tables.Posts, { user_id: id })).toEqual([]);
  expect(await loginsOf(database, id)).toEqual([]);
  counted.close();
  await dynamodb.close();
});
