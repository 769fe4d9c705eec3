import type { DomainError, User } from "@steadfast/core";
import { ANYBODY } from "@steadfast/core";
import { expect, test } from "vitest";
import type { LoginItem, UserItem } from "../../src/users/user.ts";
import { loginsOf, makeCore, newcomer, scan } from "../support/core.ts";

const { database, users } = makeCore();

/** Several rounds, because one may happen not to race. */
const ROUNDS = Array.from({ length: 8 }, (_, round) => round + 1);

async function race<T>(...runners: Promise<T>[]) {
  const outcomes = await Promise.allSettled(runners);
  return {
    winners: outcomes.filter((o) => o.status === "fulfilled").map((o) => o.value),
    losers: outcomes.filter((o) => o.status === "rejected").map((o) => o.reason as DomainError),
  };
}

/** Holds after every race: each user has exactly their login, and no login is left over. */
async function expectLoginsToMatchUsers(): Promise<void> {
  const [items, logins] = await Promise.all([
    scan<UserItem>(database.tables.Users),
    scan<LoginItem>(database.tables.Logins),
  ]);
  const owners = new Map(logins.map(({ login, user_id }) => [login, user_id]));
  const expected = new Map(items.map(({ login, id }) => [login.toLowerCase(), id]));
  expect(owners).toEqual(expected);
}

test.each(ROUNDS)(
  "of several registrations that race for a login exactly one wins (%i)",
  async () => {
    const { login } = newcomer();
    const spellings = [login, login.toUpperCase(), login.replace("a", "A")];
    const { winners, losers } = await race(
      ...spellings.map((spelling) => users.create(newcomer({ login: spelling }))),
    );
    expect(winners).toHaveLength(1);
    for (const loser of losers) expect(loser).toMatchObject({ kind: "conflict", field: "login" });
    expect(await loginsOf(database, (winners[0] as User).id)).toEqual([login]);
    await expectLoginsToMatchUsers();
  },
);

test.each(ROUNDS)("of two users who race for a new login exactly one gets it (%i)", async () => {
  const [one, other] = await Promise.all([users.create(newcomer()), users.create(newcomer())]);
  const wanted = newcomer();
  const { winners, losers } = await race(
    users.update(one.id, wanted, ANYBODY),
    users.update(other.id, wanted, ANYBODY),
  );
  expect(winners).toHaveLength(1);
  expect(losers).toMatchObject([{ kind: "conflict", field: "login" }]);
  await expectLoginsToMatchUsers();
});

test.each(ROUNDS)(
  "of two racing renames of one user exactly one wins, and no login leaks (%i)",
  async () => {
    const { id } = await users.create(newcomer());
    const { winners, losers } = await race(
      users.update(id, newcomer(), ANYBODY),
      users.update(id, newcomer(), ANYBODY),
    );
    expect(winners).toHaveLength(1);
    expect(losers).toMatchObject([{ kind: "conflict" }]);
    expect(await loginsOf(database, id)).toEqual([winners[0]?.login]);
    expect(await users.get(id, ANYBODY)).toEqual(winners[0]);
    await expectLoginsToMatchUsers();
  },
);

test.each(ROUNDS)("two users who swap logins at once end with a login each (%i)", async () => {
  const [a, b] = [newcomer(), newcomer()];
  const [one, other] = await Promise.all([users.create(a), users.create(b)]);
  await race(
    users.update(one.id, { ...a, login: b.login }, ANYBODY),
    users.update(other.id, { ...b, login: a.login }, ANYBODY),
  );
  await expectLoginsToMatchUsers();
});

test.each(ROUNDS)("a removal that races a rename wins, and frees both logins (%i)", async () => {
  const before = newcomer();
  const after = newcomer();
  const { id } = await users.create(before);
  const [removed, renamed] = await Promise.allSettled([
    users.remove(id, ANYBODY),
    users.update(id, after, ANYBODY),
  ]);
  expect(removed.status).toBe("fulfilled");
  if (renamed.status === "rejected") expect(renamed.reason).toMatchObject({ kind: "not_found" });
  expect(await scan(database.tables.Users, { id })).toEqual([]);
  expect(await loginsOf(database, id)).toEqual([]);
  await users.create(before);
  await users.create(after);
  await expectLoginsToMatchUsers();
});

test.each(ROUNDS)(
  "of two racing removals of a user at least one tells that it was done (%i)",
  async () => {
    const { id } = await users.create(newcomer());
    const { winners, losers } = await race(users.remove(id, ANYBODY), users.remove(id, ANYBODY));
    expect(winners.length).toBeGreaterThan(0);
    for (const loser of losers) expect(loser.kind).toBe("not_found");
    await expectLoginsToMatchUsers();
  },
);
