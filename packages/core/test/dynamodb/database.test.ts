import { randomUUIDv7 } from "node:crypto";
import { ANYBODY, Database, DomainError, FIRST_EPOCH } from "@steadfast/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { insertUser, loginsOf, makeCore, newcomer, PATIENT, scan } from "../support/core.ts";
import { type Fault, FaultyDynamoDB, failure } from "../support/faulty-dynamodb.ts";

let dynamodb: FaultyDynamoDB;
/** With an API's timeouts. */
let database: Database;
/** For tests that are not about timeouts: a busy machine must not cause one. */
let patient: Database;

beforeEach(async () => {
  dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
  const client = { endpoint: dynamodb.endpoint };
  database = new Database({ client });
  patient = new Database({ ...PATIENT, client });
});
afterEach(async () => {
  database.close();
  patient.close();
  await dynamodb.close();
});

/** Fails only the first calls. */
function firstly(times: number, fault: Fault) {
  let left = times;
  return () => (left-- > 0 ? fault : undefined);
}

/** The kind of a call's domain error, and the milliseconds until it. */
async function failureOf(call: Promise<unknown>): Promise<{ kind: string; after: number }> {
  const start = performance.now();
  const error = await call.then(
    () => new Error("It succeeded."),
    (reason) => reason,
  );
  if (!(error instanceof DomainError)) throw error;
  return { kind: error.kind, after: performance.now() - start };
}

/**
 * How a write fails that DynamoDB throttles until the deadline: the outcome of its last attempt may
 * be unknown.
 */
const TURNED_AWAY = ["throttled", "unavailable"];

/** The deadline is 800 ms; the rest is slack for a busy machine. */
const IN_TIME = 10_000;

describe("a database that is away", () => {
  const faults: [string, Fault][] = [
    ["never answers", "hang"],
    ["cuts the connection", "reset"],
    ["stops in the middle of an answer", "stall"],
    ["answers 500", { status: 500, body: { __type: "InternalServerError" } }],
    ["answers 503 as a web page", { status: 503, body: "<h1>Busy</h1>", type: "text/html" }],
  ];

  test.each(faults)("that %s is unavailable, in time", async (_, fault) => {
    dynamodb.fault = () => fault;
    const { kind, after } = await failureOf(database.ping());
    expect(kind).toBe("unavailable");
    expect(after).toBeLessThan(IN_TIME);
  });

  test("that refuses connections is unavailable, in time", async () => {
    await dynamodb.close();
    const { kind, after } = await failureOf(database.ping());
    expect(kind).toBe("unavailable");
    expect(after).toBeLessThan(IN_TIME);
  });

  test.each([...faults, ["refuses connections", undefined] as const])(
    "that %s makes every repository method unavailable, in time",
    async (_, fault) => {
      const { users, posts } = makeCore({ database });
      const id = randomUUIDv7();
      if (fault) dynamodb.fault = () => fault;
      else await dynamodb.close();
      const calls = [
        users.create(newcomer()),
        users.get(id),
        users.update(id, newcomer(), ANYBODY),
        users.remove(id, ANYBODY),
        users.verify("nobody", "wrong horse"),
        posts.create({ user_id: id, content: "x" }, ANYBODY),
        posts.get(id),
        posts.update(id, { content: "x" }, ANYBODY),
        posts.remove(id, ANYBODY),
        posts.listByUser(id, { limit: 20 }),
      ];
      for (const { kind, after } of await Promise.all(calls.map(failureOf))) {
        expect(kind).toBe("unavailable");
        expect(after).toBeLessThan(IN_TIME);
      }
    },
  );

  test("serves the same Database again as soon as it is back", async () => {
    const answers = () =>
      database.ping().then(
        () => true,
        () => false,
      );
    await expect.poll(answers).toBe(true);
    await dynamodb.close();
    expect((await failureOf(database.ping())).kind).toBe("unavailable");
    await dynamodb.open();
    await expect.poll(answers).toBe(true);
    dynamodb.fault = () => "hang";
    expect((await failureOf(database.ping())).kind).toBe("unavailable");
    dynamodb.fault = () => undefined;
    await expect.poll(answers).toBe(true);
  });

  test("for a moment is not noticed", async () => {
    const client = { endpoint: dynamodb.endpoint };
    const lenient = new Database({ ...PATIENT, requestTimeout: 2_000, client });
    for (const fault of ["hang", "reset", { status: 500, body: {} }] as const) {
      dynamodb.fault = firstly(1, fault);
      await lenient.ping();
    }
    expect(dynamodb.calls).toHaveLength(6);
    lenient.close();
  });

  test("fails a call after the deadline it was given", async () => {
    const impatient = new Database({ deadline: 50, client: { endpoint: dynamodb.endpoint } });
    dynamodb.fault = () => "hang";
    const { kind, after } = await failureOf(impatient.ping());
    expect(kind).toBe("unavailable");
    expect(after).toBeLessThan(IN_TIME);
    // A repeated call would have been sent again after 300 ms.
    expect(dynamodb.calls.length).toBeLessThan(2);
    impatient.close();
  });
});

describe("a write whose answer was lost", () => {
  test("is not done twice: a registration that took the login still succeeds", async () => {
    const { users } = makeCore({ database: patient });
    dynamodb.fault = firstly(1, "lose");
    const user = await users.create(newcomer());
    expect(await loginsOf(database, user.id)).toEqual([user.login]);
    const [first, second] = dynamodb.calls;
    expect(dynamodb.operations()).toEqual(["TransactWriteItems", "TransactWriteItems"]);
    expect(first?.request.ClientRequestToken).toMatch(/./);
    expect(second?.request).toEqual(first?.request);
  });

  test("is not repeated: a late copy would undo what was acknowledged since", async () => {
    const { posts } = makeCore({ database: patient });
    const { id } = await insertUser(patient);
    dynamodb.fault = firstly(1, "lose");
    expect((await failureOf(posts.create({ user_id: id, content: "new" }, ANYBODY))).kind).toBe(
      "unavailable",
    );
    // An unacknowledged post is taken back.
    await expect.poll(() => scan(database.tables.Posts, { user_id: id })).toEqual([]);
    const puts = dynamodb.calls.filter(({ request }) =>
      JSON.stringify(request).includes("PutRequest"),
    );
    expect(puts).toHaveLength(1);

    const post = await posts.create({ user_id: id, content: "new" }, ANYBODY);
    const lose = firstly(1, "lose");
    dynamodb.fault = ({ operation }) => (operation === "UpdateItem" ? lose() : undefined);
    const edit = posts.update(post.id, { content: "edited" }, { id, epoch: FIRST_EPOCH });
    expect((await failureOf(edit)).kind).toBe("unavailable");
    expect(dynamodb.operations().filter((name) => name === "UpdateItem")).toHaveLength(1);
  });
});

describe("a throttling database", () => {
  test.each([
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
  ])("that goes on with %s is throttled, in time", async (name) => {
    dynamodb.fault = () => failure(name);
    const { kind, after } = await failureOf(database.ping());
    expect(kind).toBe("throttled");
    expect(after).toBeLessThan(IN_TIME);
  });

  test("that throttles a part of a transaction is throttled", async () => {
    const { users } = makeCore({ database });
    dynamodb.fault = () => cancelled("ThrottlingError", "None");
    expect((await failureOf(users.create(newcomer()))).kind).toBe("throttled");
  });

  test("that was throttling and then falls silent is unavailable", async () => {
    const lenient = new Database({ deadline: 2_000, client: { endpoint: dynamodb.endpoint } });
    const throttleOnce = firstly(1, failure("ThrottlingException"));
    dynamodb.fault = () => throttleOnce() ?? "hang";
    expect((await failureOf(lenient.ping())).kind).toBe("unavailable");
    lenient.close();
  });
});

describe("a transaction that meets another one", () => {
  const conflict = () => cancelled("TransactionConflict", "None");

  test("is tried again with a token of its own", async () => {
    const { users } = makeCore({ database: patient });
    dynamodb.fault = firstly(2, conflict());
    const user = await users.create(newcomer());
    expect(await users.get(user.id, ANYBODY)).toEqual(user);
    const tokens = dynamodb.calls.slice(0, 3).map((call) => call.request.ClientRequestToken);
    expect(new Set(tokens).size).toBe(3);
  });

  test("again and again is throttled, in time, and leaves nothing", async () => {
    const { users } = makeCore({ database });
    dynamodb.fault = conflict;
    const input = newcomer();
    const { kind, after } = await failureOf(users.create(input));
    expect(kind).toBe("throttled");
    expect(after).toBeLessThan(IN_TIME);
    dynamodb.fault = () => undefined;
    expect(await scan(database.tables.Users, { login: input.login })).toEqual([]);
  });

  test("is not tried again when a condition failed, too", async () => {
    const { users } = makeCore({ database: patient });
    dynamodb.fault = () => cancelled("TransactionConflict", "ConditionalCheckFailed");
    expect((await failureOf(users.create(newcomer()))).kind).toBe("conflict");
    expect(dynamodb.calls).toHaveLength(1);
  });

  test("does not fail a write outside of it, which waits its turn", async () => {
    const { users } = makeCore({ database: patient });
    const input = newcomer();
    const { id } = await users.create(input);
    const wait = firstly(2, failure("TransactionConflictException"));
    dynamodb.fault = ({ operation }) => (operation === "UpdateItem" ? wait() : undefined);
    expect(await users.update(id, { ...input, name: "Patient" }, ANYBODY)).toMatchObject({
      name: "Patient",
    });
    dynamodb.fault = ({ operation }) =>
      operation === "UpdateItem" ? failure("TransactionConflictException") : undefined;
    const update = makeCore({ database }).users.update(id, input, ANYBODY);
    expect(TURNED_AWAY).toContain((await failureOf(update)).kind);
  });
});

describe("writes at the same time", () => {
  const writeAll = (ids: string[], to: Database) =>
    Promise.all(ids.map((id) => to.write({ TableName: to.tables.Posts, Item: { id } })));

  /** Leaves all but the first write unprocessed, as DynamoDB does when it is short of capacity. */
  const partly: FaultyDynamoDB["fault"] = ({ request }) => {
    const [[table, writes]] = Object.entries<unknown[]>(request.RequestItems) as [
      [string, unknown[]],
    ];
    if (writes.length === 1) return undefined;
    return { status: 200, body: { UnprocessedItems: { [table]: writes.slice(1) } } };
  };

  test("are one call, and what was left unprocessed is sent again, and nothing else", async () => {
    const ids = Array.from({ length: 4 }, () => randomUUIDv7());
    dynamodb.fault = partly;
    await writeAll(ids, patient);
    const sent = dynamodb.calls.map((call) =>
      call.request.RequestItems[database.tables.Posts].map(
        (write: { PutRequest: { Item: { id: { S: string } } } }) => write.PutRequest.Item.id.S,
      ),
    );
    expect(sent).toEqual([ids, ids.slice(1), ids.slice(2), ids.slice(3)]);
    expect(await scan(database.tables.Posts, { id: ids.at(-1) as string })).toHaveLength(1);
  });

  test("that are never processed fail, in time", async () => {
    dynamodb.fault = ({ request }) => ({
      status: 200,
      body: { UnprocessedItems: request.RequestItems },
    });
    const { kind, after } = await failureOf(writeAll([randomUUIDv7()], database));
    expect(TURNED_AWAY).toContain(kind);
    expect(after).toBeLessThan(IN_TIME);
  });
});

describe("an error that is no state of the database", () => {
  test.each(["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])(
    "such as %s comes through as it is",
    async (name) => {
      dynamodb.fault = () => failure(name);
      await expect(database.ping()).rejects.toMatchObject({ name });
    },
  );

  test("such as a wrong argument of ours is not taken for a network error", async () => {
    const request = { TableName: database.tables.Users, Key: { id: Symbol("no") as never } };
    await expect(database.get(request)).rejects.not.toBeInstanceOf(DomainError);
  });
});

/** A cancelled transaction with a reason per action. */
function cancelled(...codes: string[]): Fault {
  return failure("TransactionCanceledException", {
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}
