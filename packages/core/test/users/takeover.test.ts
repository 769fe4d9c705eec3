import { ANYBODY } from "@steadfast/core";
import { beforeEach, describe, expect, test } from "vitest";
import { makeCore, newcomer, owner, scan } from "../support/core.ts";

const { database, users, posts } = makeCore();
let input: ReturnType<typeof newcomer>;
let id: string;

beforeEach(async () => {
  input = newcomer();
  ({ id } = await users.create(input));
});

/** The token of a new log-in. */
const logIn = async (password = input.password) => {
  const verified = await users.verify(input.login, password);
  if (!verified) throw new Error("The password is wrong.");
  return verified;
};

describe("a change of a user", () => {
  const wrong = { kind: "forbidden", field: "current_password" };

  test.each([
    ["password", { password: "another horse" }],
    ["login", { login: "another" }],
    ["login and password", { login: "another", password: "another horse" }],
  ])(
    "of the %s is refused without the current password, and changes nothing",
    async (_, fields) => {
      const change = { ...input, ...fields, current_password: "a guess at it" };
      const before = await scan(database.tables.Users, { id });
      await expect(users.update(id, change, owner({ id }))).rejects.toMatchObject(wrong);
      expect(await scan(database.tables.Users, { id })).toEqual(before);
    },
  );

  test("takes the password itself for the current one, unless that is given", async () => {
    const token = owner({ id });
    const taken = { ...input, password: "another horse" };
    await expect(users.update(id, taken, token)).rejects.toMatchObject(wrong);
    await users.update(id, { ...taken, current_password: input.password }, token);
    expect(await users.verify(input.login, "another horse")).toMatchObject({ id });
  });

  test("of the name alone needs no more, keeps the hash, and ends no token", async () => {
    const before = await scan(database.tables.Users, { id });
    const token = await logIn();
    await users.update(id, { ...input, name: "Countess" }, token);
    const after = await scan(database.tables.Users, { id });
    expect(after).toEqual(before.map((item) => ({ ...item, name: "Countess", epoch: "0" })));
    expect(await users.get(id, token)).toMatchObject({ login: input.login });
  });

  test("by anybody, where anybody may, takes no password and ends tokens all the same", async () => {
    await users.update(id, { ...input, password: "another horse" }, ANYBODY);
    await expect(users.remove(id, owner({ id }))).rejects.toMatchObject({
      kind: "unauthenticated",
    });
  });

  test("that is proven by a password which is changed meanwhile is a conflict", async () => {
    const change = { ...input, name: "Late", current_password: input.password };
    const one = users.update(id, { ...change, password: "the first horse" }, owner({ id }));
    const other = users.update(id, { ...change, password: "the second horse" }, owner({ id }));
    const outcomes = await Promise.allSettled([one, other]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const loser = outcomes.find((outcome) => outcome.status === "rejected");
    expect(["conflict", "unauthenticated", "forbidden"]).toContain(loser?.reason.kind);
  });
});

describe.each([
  ["password", () => ({ password: "another horse" })],
  ["login", () => ({ login: newcomer().login })],
])("a token from before a change of the %s", (_, fields) => {
  test("opens nothing any more, while one from after it does", async () => {
    const old = await logIn();
    const post = await posts.create({ user_id: id, content: "mine" }, old);
    const changed = { ...input, ...fields() };
    await users.update(id, { ...changed, current_password: input.password }, old);
    const ended = { kind: "unauthenticated" };
    await expect(users.update(id, changed, old)).rejects.toMatchObject(ended);
    await expect(posts.update(post.id, { content: "thief" }, old)).rejects.toMatchObject(ended);
    await expect(posts.remove(post.id, old)).rejects.toMatchObject(ended);
    await expect(users.remove(id, old)).rejects.toMatchObject(ended);
    const create = posts.create({ user_id: id, content: "thief" }, old);
    await expect(create).rejects.toMatchObject(ended);
    expect(await users.get(id, old)).not.toHaveProperty("login");
    expect(await scan(database.tables.Posts, { user_id: id })).toEqual([post]);

    input = changed;
    const fresh = await logIn();
    expect(await posts.update(post.id, { content: "mine still" }, fresh)).toMatchObject({
      id: post.id,
    });
    await users.remove(id, fresh);
  });
});

describe("a login", () => {
  test("is told to its owner and to anybody who may do anything, not to others", async () => {
    const eve = await users.create(newcomer());
    expect(await users.get(id)).toEqual({ id, name: input.name });
    expect(await users.get(id, owner(eve))).toEqual({ id, name: input.name });
    expect(await users.get(id, owner({ id }))).toMatchObject({ login: input.login });
    expect(await users.get(id, ANYBODY)).toMatchObject({ login: input.login });
  });
});
