import { randomUUIDv7 } from "node:crypto";
import type { Post, PostPosition } from "@steadfast/core";
import { ANYBODY } from "@steadfast/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { UserItem } from "../../src/users/user.ts";
import { insertUser, makeCore, owner, scan } from "../support/core.ts";

const { database, posts } = makeCore();
let ada: UserItem;

beforeAll(async () => {
  ada = await insertUser(database);
});

/** Writes posts directly to the table, with the dates that a test needs. */
async function insertPosts(items: Post[]): Promise<void> {
  const TableName = database.tables.Posts;
  await Promise.all(items.map((item) => database.write({ TableName, Item: { ...item } })));
}

function postBy(user_id: string, date: string, content = "hello"): Post {
  return { id: randomUUIDv7(), user_id, content, date, last_update: date };
}

/** Reads a user's whole list page by page. */
async function readAll(userId: string, limit: number): Promise<{ pages: Post[][] }> {
  const pages: Post[][] = [];
  let after: PostPosition | undefined;
  do {
    const page = await posts.listByUser(userId, { limit, after });
    pages.push(page.posts);
    after = page.next;
  } while (after);
  return { pages };
}

describe("a post", () => {
  test("gets an id and its date, and can be read at once", async () => {
    const before = Date.now();
    const post = await posts.create({ user_id: ada.id, content: "Grüße 👋" }, ANYBODY);
    expect(post).toMatchObject({ user_id: ada.id, content: "Grüße 👋", last_update: post.date });
    expect(post.date).toBe(new Date(post.date).toISOString());
    expect(Date.parse(post.date)).toBeGreaterThanOrEqual(before);
    expect(await posts.get(post.id)).toEqual(post);
  });

  test("of a user who does not exist is refused and not kept", async () => {
    const user_id = randomUUIDv7();
    const create = posts.create({ user_id, content: "from nobody" }, ANYBODY);
    await expect(create).rejects.toMatchObject({ kind: "not_found", field: "user_id" });
    expect(await scan(database.tables.Posts, { user_id })).toEqual([]);
  });

  test("changes content and last_update, nothing else", async () => {
    const old = postBy(ada.id, "2020-01-01T00:00:00.000Z");
    await insertPosts([old]);
    const changed = await posts.update(old.id, { content: "new" }, owner(ada));
    expect(changed).toEqual({ ...old, content: "new", last_update: changed.last_update });
    expect(Date.parse(changed.last_update)).toBeGreaterThan(Date.parse(old.last_update));
    expect(await posts.get(old.id)).toEqual(changed);
  });

  test("of somebody else can be neither changed nor removed", async () => {
    const post = await posts.create({ user_id: ada.id, content: "mine" }, ANYBODY);
    const eve = owner(await insertUser(database));
    await expect(posts.update(post.id, { content: "yours" }, eve)).rejects.toMatchObject({
      kind: "forbidden",
    });
    await expect(posts.remove(post.id, eve)).rejects.toMatchObject({ kind: "forbidden" });
    expect(await posts.get(post.id)).toEqual(post);
  });

  test("is removed once; then it is not found by any method, owner or not", async () => {
    const { id } = await posts.create({ user_id: ada.id, content: "short-lived" }, ANYBODY);
    await posts.remove(id, owner(ada));
    const notFound = { name: "DomainError", kind: "not_found" };
    for (const actor of [owner(ada), ANYBODY] as const) {
      await expect(posts.remove(id, actor)).rejects.toMatchObject(notFound);
      await expect(posts.update(id, { content: "x" }, actor)).rejects.toMatchObject(notFound);
    }
    await expect(posts.get(id)).rejects.toMatchObject(notFound);
    expect(await scan(database.tables.Posts, { id })).toEqual([]);
  });

  test("can be changed and removed without an owner by whoever may do so", async () => {
    const { id } = await posts.create({ user_id: ada.id, content: "anybody's" }, ANYBODY);
    expect(await posts.update(id, { content: "changed" }, ANYBODY)).toMatchObject({
      id,
      content: "changed",
    });
    await posts.remove(id, ANYBODY);
    await expect(posts.get(id)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("a user's posts", () => {
  test("are an empty last page for a user who has none, and not found for nobody", async () => {
    const { id } = await insertUser(database);
    const page = await posts.listByUser(id, { limit: 20 });
    expect(page).toMatchObject({ posts: [], next: undefined });
    const nobody = posts.listByUser(randomUUIDv7(), { limit: 20 });
    await expect(nobody).rejects.toMatchObject({ kind: "not_found", field: "user_id" });
  });

  test.each([1, 7, 100])("come newest first, each exactly once, in pages of %i", async (limit) => {
    const author = randomUUIDv7();
    const days = Array.from({ length: 21 }, (_, day) => day + 1);
    const written = days.map((day) =>
      postBy(author, new Date(Date.UTC(2026, 0, day)).toISOString()),
    );
    await insertPosts([
      ...written.filter((_, i) => i % 2),
      ...written.filter((_, i) => i % 2 === 0),
    ]);
    const { pages } = await readAll(author, limit);
    expect(pages.flat()).toEqual(written.toReversed());
    expect(pages.map((page) => page.length)).toEqual(
      limit === 100 ? [21] : Array(21 / limit).fill(limit),
    );
  });

  test("with equal dates come exactly once, over many pages", async () => {
    const author = randomUUIDv7();
    const date = "2026-02-03T04:05:06.007Z";
    const written = Array.from({ length: 130 }, () => postBy(author, date));
    await insertPosts(written);
    const { pages } = await readAll(author, 100);
    expect(pages.map((page) => page.length)).toEqual([100, 30]);
    expect(new Set(pages.flat().map((post) => post.id))).toEqual(
      new Set(written.map((post) => post.id)),
    );
  });

  test("end without a next page when the last one is exactly full", async () => {
    const author = randomUUIDv7();
    const date = new Date().toISOString();
    await insertPosts(Array.from({ length: 4 }, () => postBy(author, date)));
    const first = await posts.listByUser(author, { limit: 2 });
    const last = await posts.listByUser(author, { limit: 2, after: first.next });
    expect(first.next).toMatchObject({ id: first.posts[1]?.id, date });
    expect(last.posts).toHaveLength(2);
    expect(last.next).toBeUndefined();
  });

  test("go on after a position whose post was removed meanwhile", async () => {
    const author = randomUUIDv7();
    const written = [1, 2, 3].map((day) => postBy(author, `2026-03-0${day}T00:00:00.000Z`));
    await insertPosts(written);
    const first = await posts.listByUser(author, { limit: 1 });
    await posts.remove(first.posts[0]?.id as string, ANYBODY);
    const second = await posts.listByUser(author, { limit: 5, after: first.next });
    expect(second.posts).toEqual([written[1], written[0]]);
  });

  test("too long for one answer of the database come in shorter pages, exactly once", async () => {
    const author = randomUUIDv7();
    // The longest content there is: 10,000 characters of 4 bytes. 26 of them make a megabyte.
    const content = "😀".repeat(10_000);
    const written = Array.from({ length: 40 }, (_, minute) =>
      postBy(author, new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(), content),
    );
    await insertPosts(written);
    const { pages } = await readAll(author, 100);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().map((post) => post.id)).toEqual(
      written.toReversed().map((post) => post.id),
    );
    expect(pages.flat().every((post) => post.content === content)).toBe(true);
  });

  test("do not show another user's, whatever position is asked for", async () => {
    const [mine, theirs] = [randomUUIDv7(), randomUUIDv7()];
    const written = [mine, theirs].map((user) => postBy(user, "2026-04-01T00:00:00.000Z"));
    await insertPosts(written);
    const position = { id: written[1]?.id as string, date: "2026-05-01T00:00:00.000Z" };
    const page = await posts.listByUser(mine, { limit: 10, after: position });
    expect(page.posts).toEqual([written[0]]);
  });
});
