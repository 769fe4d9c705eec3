import { randomUUIDv7 } from "node:crypto";
import { ANYBODY, Database, DomainError, Users } from "@steadfast/core";
import { expect, test, vi } from "vitest";
import { Passwords } from "../../src/passwords/passwords.ts";
import type { UserItem } from "../../src/users/user.ts";
import {
  CHEAP,
  loginsOf,
  makeCore,
  newcomer,
  owner,
  PATIENT,
  scan,
  sweepAll,
} from "../support/core.ts";

const core = makeCore();
const { database, users, posts, removals } = core;

function stored(id: string): Promise<UserItem[]> {
  return scan<UserItem>(database.tables.Users, { id });
}

test("a new user gets an id, and can be read at once", async () => {
  const input = newcomer({ login: `Ada-${randomUUIDv7()}` });
  const user = await users.create(input);
  expect(user).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    name: input.name,
    login: input.login,
  });
  expect(await users.get(user.id, ANYBODY)).toEqual(user);
});

test("the password is stored as a hash, and no method returns it", async () => {
  const input = newcomer();
  const created = await users.create(input);
  const answers = [
    created,
    await users.get(created.id, ANYBODY),
    await users.update(created.id, input, ANYBODY),
  ];
  for (const answer of answers) expect(Object.keys(answer ?? {})).toEqual(["id", "name", "login"]);
  const verified = await users.verify(input.login, input.password);
  expect(Object.keys(verified ?? {})).toEqual(["id", "epoch"]);
  const [item] = await stored(created.id);
  expect(item?.password).toMatch(/^\$argon2id\$/);
  expect(JSON.stringify(item)).not.toContain(input.password);
});

test("a second user with the same login is refused, whatever its case, and leaves nothing behind", async () => {
  const login = `grace-${randomUUIDv7()}`;
  await users.create(newcomer({ login }));
  const second = users.create(newcomer({ login: login.toUpperCase() }));
  await expect(second).rejects.toMatchObject({ kind: "conflict", field: "login" });
  const all = await scan<UserItem>(database.tables.Users);
  expect(all.filter((user) => user.login.toLowerCase() === login)).toHaveLength(1);
});

test("a user who does not exist is not found, by any method", async () => {
  const id = randomUUIDv7();
  const notFound = { name: "DomainError", kind: "not_found" };
  await expect(users.get(id)).rejects.toMatchObject(notFound);
  await expect(users.update(id, newcomer(), ANYBODY)).rejects.toMatchObject(notFound);
  await expect(users.remove(id, ANYBODY)).rejects.toMatchObject(notFound);
});

test("a read that misses is asked again with strong consistency, one that hits is not", async () => {
  const user = await users.create(newcomer());
  const get = vi.spyOn(database, "get");
  await users.get(user.id);
  expect(get.mock.calls.map(([request]) => request.ConsistentRead)).toEqual([false]);
  get.mockClear();
  await users.get(randomUUIDv7()).catch(() => {});
  expect(get.mock.calls.map(([request]) => request.ConsistentRead)).toEqual([false, true]);
  get.mockRestore();
});

test("an update replaces name and password, and keeps id and date of registration", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const [before] = await stored(id);
  const changes = { ...input, name: "Countess of Lovelace", password: "another horse" };
  expect(await users.update(id, changes, ANYBODY)).toEqual({
    id,
    name: changes.name,
    login: input.login,
  });
  expect(await users.verify(input.login, "another horse")).toMatchObject({ id });
  expect(await users.verify(input.login, input.password)).toBeUndefined();
  const [after] = await stored(id);
  expect(after?.created).toBe(before?.created);
});

test("a user may change the case of their own login", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const login = input.login.toUpperCase();
  expect(await users.update(id, { ...input, login }, ANYBODY)).toMatchObject({ login });
  expect(await users.get(id, ANYBODY)).toMatchObject({ login });
  expect(await loginsOf(database, id)).toEqual([input.login]);
});

test("a changed login is taken and the old one freed for others", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const renamed = newcomer();
  await users.update(id, renamed, ANYBODY);
  expect(await loginsOf(database, id)).toEqual([renamed.login]);
  expect(await users.verify(renamed.login, renamed.password)).toMatchObject({ id });
  expect(await users.verify(input.login, renamed.password)).toBeUndefined();
  const heir = await users.create(input);
  expect(await loginsOf(database, heir.id)).toEqual([input.login]);
});

test("a login that somebody has is refused to an update, which then changes nothing", async () => {
  const taken = newcomer();
  await users.create(taken);
  const input = newcomer();
  const user = await users.create(input);
  const update = users.update(
    user.id,
    {
      ...newcomer({ name: "Somebody" }),
      login: taken.login.toUpperCase(),
    },
    ANYBODY,
  );
  await expect(update).rejects.toMatchObject({ kind: "conflict", field: "login" });
  expect(await users.get(user.id, ANYBODY)).toEqual(user);
  expect(await loginsOf(database, user.id)).toEqual([input.login]);
});

test("a removed user is gone with their login and posts; others keep theirs", async () => {
  const input = newcomer();
  const [user, other] = await Promise.all([users.create(input), users.create(newcomer())]);
  await posts.create({ user_id: user.id, content: "mine" }, ANYBODY);
  const kept = await posts.create({ user_id: other.id, content: "theirs" }, ANYBODY);
  await users.remove(user.id, ANYBODY);
  await expect(users.get(user.id)).rejects.toMatchObject({ kind: "not_found" });
  expect(await loginsOf(database, user.id)).toEqual([]);
  await sweepAll(core);
  expect(await scan(database.tables.Posts, { user_id: user.id })).toEqual([]);
  expect(await posts.get(kept.id)).toEqual(kept);
  expect(await users.verify(input.login, input.password)).toBeUndefined();
});

test("a user is removed once; the second time they are not found", async () => {
  const { id } = await users.create(newcomer());
  await users.remove(id, ANYBODY);
  await expect(users.remove(id, ANYBODY)).rejects.toMatchObject({ kind: "not_found" });
});

test("a login is verified whatever its case, with the right password only", async () => {
  const input = newcomer();
  const user = await users.create(input);
  expect(await users.verify(input.login.toUpperCase(), input.password)).toEqual(owner(user));
  expect(await users.verify(input.login, "wrong horse")).toBeUndefined();
  expect(await users.verify(`nobody-${randomUUIDv7()}`, input.password)).toBeUndefined();
});

test("a hash with outdated parameters is renewed at the next login, and works ever after", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const stronger = { ...CHEAP, passes: 2 };
  const passwords = new Passwords({ parameters: stronger });
  const upgraded = new Users({ database, removals, passwords });
  expect(await upgraded.verify(input.login, "wrong horse")).toBeUndefined();
  expect((await stored(id))[0]?.password).toContain("t=1");
  expect(await upgraded.verify(input.login, input.password)).toMatchObject({ id });
  const [renewed] = await stored(id);
  expect(renewed?.password).toContain("$m=8,t=2,p=1$");
  expect(await upgraded.verify(input.login, input.password)).toMatchObject({ id });
  expect((await stored(id))[0]).toEqual(renewed);
});

test("a login succeeds although its hash cannot be renewed now", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const busy = new Database(PATIENT);
  vi.spyOn(busy, "update").mockRejectedValue(new DomainError("throttled", "Not now."));
  const passwords = new Passwords({ parameters: { ...CHEAP, passes: 2 } });
  const upgraded = new Users({ database: busy, removals, passwords });
  expect(await upgraded.verify(input.login, input.password)).toMatchObject({ id });
});

test("a password that was changed meanwhile is not overwritten by a renewed hash of the old one", async () => {
  const input = newcomer();
  const { id } = await users.create(input);
  const passwords = new Passwords({ parameters: { ...CHEAP, passes: 2 } });
  const hash = passwords.hash.bind(passwords);
  vi.spyOn(passwords, "hash").mockImplementation(async (password) => {
    await users.update(id, { ...input, password: "changed horse" }, ANYBODY);
    return hash(password);
  });
  await new Users({ database, removals, passwords }).verify(input.login, input.password);
  expect(await users.verify(input.login, "changed horse")).toMatchObject({ id });
  expect(await users.verify(input.login, input.password)).toBeUndefined();
});
