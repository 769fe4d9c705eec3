import { ANYBODY, Database, type DomainError } from "@steadfast/core";
import fc from "fast-check";
import { expect, inject, test } from "vitest";
import type { LoginItem, UserItem } from "../../src/users/user.ts";
import { insertUser, makeCore, PATIENT, scan } from "../support/core.ts";
import {
  type Call,
  type Fault,
  FaultyDynamoDB,
  failure,
  partly,
} from "../support/faulty-dynamodb.ts";

/** The fault of a call; `undefined` for none. */
const trouble = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  "throttle",
  "cancel",
  "not at all",
  "partly",
  "reset",
  "lose",
  "fault",
);
type Trouble = typeof trouble extends fc.Arbitrary<infer Value> ? Value : never;

/** Turns it into a fault for this kind of call, if it applies. */
function make(kind: Trouble, call: Call): Fault | undefined {
  const { operation, request } = call;
  if (kind === "throttle") return failure("ThrottlingException");
  if (kind === "reset" || kind === "lose") return kind;
  if (kind === "fault") return { status: 500, body: { __type: "InternalServerError" } };
  if (kind === "cancel" && operation === "TransactWriteItems") {
    const codes = request.TransactItems.map((_: unknown, i: number) => ({
      Code: i % 3 === 0 ? "TransactionConflict" : "None",
    }));
    return failure("TransactionCanceledException", { CancellationReasons: codes });
  }
  if (kind === "not at all" && operation === "BatchWriteItem") {
    return { status: 200, body: { UnprocessedItems: request.RequestItems } };
  }
  if (kind === "partly") return partly(call);
  return undefined;
}

const run = fc.record({
  // Few logins for many users, so that they collide; case does not distinguish them.
  logins: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 20, maxLength: 60 }),
  posts: fc.integer({ min: 0, max: 40 }),
  troubles: fc.array(trouble, { maxLength: 40 }),
});

test("whatever goes wrong, what was acknowledged is there, what was refused is not, and no login has two owners", async () => {
  const dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
  const database = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
  const { users, posts } = makeCore({ database });
  const { tables } = database;
  const author = await insertUser(database);
  let attempt = 0;
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(run, async (input) => {
      const prefix = `run-${attempt++}-`;
      const troubles = input.troubles.values();
      dynamodb.fault = (call) => make(troubles.next().value, call);
      const names = input.logins.map((login, i) => `${prefix}${i % 2 ? "A" : "a"}-${login}`);
      const [created, written] = await Promise.all([
        Promise.allSettled(
          names.map((login) => users.create({ name: login, login, password: "correct horse" })),
        ),
        Promise.allSettled(
          Array.from({ length: input.posts }, (_, i) =>
            posts.create({ user_id: author.id, content: `${prefix}${i}` }, ANYBODY),
          ),
        ),
      ]);
      dynamodb.fault = () => undefined;
      const refusals = [...created, ...written].flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason as DomainError] : [],
      );
      for (const { kind, message } of refusals) {
        expect(["conflict", "throttled", "unavailable"], message).toContain(kind);
        kinds.add(kind);
      }

      const stored = (await scan<UserItem>(tables.Users)).filter((u) => u.name.startsWith(prefix));
      const owners = (await scan<LoginItem>(tables.Logins)).filter((l) =>
        l.login.startsWith(prefix),
      );
      const byId = new Map(stored.map((user) => [user.id, user]));
      // User and login exist together, and a login's key has one owner.
      expect(owners.map(({ user_id }) => user_id).toSorted()).toEqual([...byId.keys()].toSorted());
      for (const { login, user_id } of owners) {
        expect(byId.get(user_id)?.login.toLowerCase()).toBe(login);
      }
      // An unknown outcome may be either; a known one may not.
      const unknown = new Set<string>();
      created.forEach((outcome, i) => {
        if (outcome.status === "fulfilled") {
          expect(byId.get(outcome.value.id)).toMatchObject(outcome.value);
        } else if (outcome.reason.kind === "unavailable") {
          unknown.add(names[i]?.toLowerCase() as string);
        }
      });
      const acknowledged = created.flatMap((o) => (o.status === "fulfilled" ? [o.value.id] : []));
      const extra = stored.filter(({ id }) => !acknowledged.includes(id));
      for (const { login } of extra) expect(unknown).toContain(login.toLowerCase());

      for (const outcome of written) {
        if (outcome.status === "fulfilled") {
          expect(await posts.get(outcome.value.id)).toEqual(outcome.value);
        }
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: 8_000, endOnFailure: true },
  );
  // Otherwise nothing collided, and the test proves nothing.
  expect(kinds).toContain("conflict");
  database.close();
  await dynamodb.close();
});
