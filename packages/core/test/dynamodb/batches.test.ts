import { randomUUIDv7 } from "node:crypto";
import { Database } from "@steadfast/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { insertUser, makeCore, newcomer, PATIENT, scan } from "../support/core.ts";
import { type Call, FaultyDynamoDB, failure } from "../support/faulty-dynamodb.ts";

let dynamodb: FaultyDynamoDB;
let database: Database;

beforeEach(async () => {
  dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
  database = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
});
afterEach(async () => {
  database.close();
  await dynamodb.close();
});

const read = (id: string, ConsistentRead = false, TableName = database.tables.Users) =>
  database.get<{ id: string }>({ TableName, Key: { id }, ConsistentRead });

/** The ids that each call to the table asks for. */
const asked = (table = database.tables.Users) =>
  dynamodb.calls.flatMap(({ request }) =>
    request.RequestItems?.[table]?.Keys
      ? [request.RequestItems[table].Keys.map(({ id }: { id: { S: string } }) => id.S)]
      : [],
  );

async function insertUsers(count: number): Promise<string[]> {
  const users = await Promise.all(Array.from({ length: count }, () => insertUser(database)));
  dynamodb.calls.length = 0;
  return users.map(({ id }) => id);
}

describe("reads at the same time", () => {
  test("share a call in which each key is once, and each gets its item or nothing", async () => {
    const [ada = "", bob = ""] = await insertUsers(2);
    const nobody = randomUUIDv7();
    const found = await Promise.all([ada, bob, ada, nobody].map((id) => read(id)));
    expect(found.map((item) => item?.id)).toEqual([ada, bob, ada, undefined]);
    expect(asked()).toEqual([[ada, bob, nobody]]);
  });

  test("have a call each for table and consistency", async () => {
    const id = randomUUIDv7();
    await Promise.all([
      read(id),
      read(id, true),
      read(id, false, database.tables.Posts),
      read(id, true),
    ]);
    const calls = dynamodb.calls.map(({ request }) =>
      Object.entries<{ ConsistentRead: boolean; Keys: unknown[] }>(request.RequestItems).map(
        ([table, { ConsistentRead, Keys }]) => [table, ConsistentRead, Keys.length],
      ),
    );
    const { Users, Posts } = database.tables;
    const wanted = [[[Users, false, 1]], [[Users, true, 1]], [[Posts, false, 1]]];
    expect(calls).toHaveLength(3);
    expect(calls).toEqual(expect.arrayContaining(wanted));
  });

  test("are a hundred to a call, at most", async () => {
    await Promise.all(Array.from({ length: 250 }, () => read(randomUUIDv7())));
    expect(
      asked()
        .map((keys) => keys.length)
        .toSorted((a, b) => a - b),
    ).toEqual([50, 100, 100]);
  });

  test("are asked again for what was left unprocessed, and for nothing else", async () => {
    const ids = await insertUsers(3);
    dynamodb.fault = ({ request }) => {
      const { Keys } = request.RequestItems[database.tables.Users];
      if (Keys.length === 1) return undefined;
      const UnprocessedKeys = { [database.tables.Users]: { Keys: Keys.slice(1) } };
      return { status: 200, body: { Responses: {}, UnprocessedKeys } };
    };
    const found = await Promise.all(ids.map((id) => read(id)));
    // The stub answers that the processed ones do not exist; the last reached the engine.
    expect(found.map((item) => item?.id)).toEqual([undefined, undefined, ids[2]]);
    expect(asked()).toEqual([ids, ids.slice(1), ids.slice(2)]);
  });

  test("do not fail for a key that DynamoDB refuses", async () => {
    const [ada = ""] = await insertUsers(1);
    const [found, refused] = await Promise.allSettled([read(ada), read("")]);
    expect(found).toMatchObject({ status: "fulfilled", value: { id: ada } });
    expect(refused).toMatchObject({ status: "rejected", reason: { name: "ValidationException" } });
  });
});

describe("registrations at the same time", () => {
  test("share transactions of a hundred actions at most", async () => {
    // Without hashing, which would spread them out.
    await Promise.all(Array.from({ length: 60 }, () => insertUser(database)));
    const sizes = dynamodb.calls.map(({ request }) => request.TransactItems.length);
    expect(sizes.toSorted((a, b) => b - a)).toEqual([100, 20]);
  });

  test("for one login: one wins, and innocent ones of the group succeed", async () => {
    const { users } = makeCore({ database });
    const taken = newcomer();
    await users.create(taken);
    const others = Array.from({ length: 5 }, () => newcomer());
    const inputs = [...others.slice(0, 2), taken, ...others.slice(2)];
    const outcomes = await Promise.allSettled(inputs.map((input) => users.create(input)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      inputs.map((input) => (input === taken ? "rejected" : "fulfilled")),
    );
    expect(outcomes[2]).toMatchObject({ reason: { kind: "conflict", field: "login" } });
  });

  test("wait while others hold an item, each group with a token of its own", async () => {
    const { users } = makeCore({ database });
    let conflicts = 3;
    dynamodb.fault = ({ request }: Call) =>
      conflicts-- > 0
        ? failure("TransactionCanceledException", {
            CancellationReasons: request.TransactItems.map((_: unknown, i: number) => ({
              Code: i === 0 ? "TransactionConflict" : "None",
            })),
          })
        : undefined;
    await Promise.all(Array.from({ length: 3 }, () => users.create(newcomer())));
    const tokens = dynamodb.calls.map(({ request }) => request.ClientRequestToken);
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});

test("writes of one item at the same time never share a call", async () => {
  const patient = new Database(PATIENT);
  const id = randomUUIDv7();
  const TableName = patient.tables.Posts;
  const contents = Array.from({ length: 10 }, (_, i) => `version ${i}`);
  await Promise.all(contents.map((content) => patient.write({ TableName, Item: { id, content } })));
  const [post] = await scan<{ id: string; content: string }>(TableName, { id });
  expect(contents).toContain(post?.content);
  patient.close();
});
