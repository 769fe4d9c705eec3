import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import { Database, type DatabaseOptions, DomainError } from "@steadfast/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createClient } from "../../src/dynamodb/client.ts";
import { insertUser, makeCore, newcomer, PATIENT } from "../support/core.ts";
import { type Fault, FaultyDynamoDB, failure, partly } from "../support/faulty-dynamodb.ts";
import { Sha256 } from "../support/sha256.ts";

const keys = { accessKeyId: "key", secretAccessKey: "secret", sessionToken: "a token" };

const attribute = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1 }) },
  { weight: 1, arbitrary: fc.record({ S: fc.string(), Item: fc.record({ Key: fc.string() }) }) },
  { weight: 1, arbitrary: fc.array(fc.string()) },
);
/** Names with a meaning elsewhere in a request are ordinary ones in an item. */
const name = fc.oneof(fc.constantFrom("id", "Item", "Key", "S", "Responses"), fc.string());
const item = fc.dictionary(name, attribute, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 5 });

const put = fc.record({
  Put: fc.record(
    {
      TableName: fc.constant("Users"),
      Item: item,
      ConditionExpression: fc.constant("a = :b"),
      ExpressionAttributeValues: item,
    },
    { requiredKeys: ["TableName", "Item"] },
  ),
});
const remove = fc.record({ Delete: fc.record({ TableName: fc.constant("Users"), Key: item }) });

const command = fc.oneof(
  fc
    .record({ Keys: some(item), ConsistentRead: fc.boolean() })
    .map((Users) => () => new BatchGetCommand({ RequestItems: { Users } })),
  some(
    fc.oneof(
      item.map((Item) => ({ PutRequest: { Item } })),
      item.map((Key) => ({ DeleteRequest: { Key } })),
    ),
  ).map((Posts) => () => new BatchWriteCommand({ RequestItems: { Posts } })),
  some(fc.oneof(put, remove)).map(
    (TransactItems) => () =>
      new TransactWriteCommand({ TransactItems: structuredClone(TransactItems) }),
  ),
  fc
    .record(
      { ExpressionAttributeValues: item, ExclusiveStartKey: item, Limit: fc.nat() },
      { requiredKeys: ["ExpressionAttributeValues"] },
    )
    .map((query) => () => new QueryCommand({ TableName: "Posts", ...query })),
);

const wireAttribute = fc.oneof(
  { weight: 20, arbitrary: fc.record({ S: fc.string({ unit: "binary" }) }) },
  { weight: 1, arbitrary: fc.record({ N: fc.nat().map(String) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ B: "AAEC" }, { M: { S: { S: "x" } } }, { NULL: true }),
  },
);
const wireItem = fc.dictionary(name, wireAttribute, { maxKeys: 4, noNullPrototype: true });
const answer = fc.record(
  {
    Responses: fc.record({ Users: fc.array(wireItem, { maxLength: 4 }) }),
    UnprocessedKeys: fc.oneof(
      fc.constant({}),
      some(wireItem).map((Keys) => ({ Users: { Keys } })),
    ),
    UnprocessedItems: fc.oneof(
      fc.constant({}),
      some(wireItem).map((items) => ({ Posts: items.map((Item) => ({ PutRequest: { Item } })) })),
    ),
    Items: fc.array(wireItem, { maxLength: 4 }),
    LastEvaluatedKey: wireItem,
    Count: fc.nat(),
    ScannedCount: fc.nat(),
  },
  { requiredKeys: [] },
);

/** The fields that answers of each operation have. */
const FIELDS: Record<string, string[]> = {
  BatchGetItem: ["Responses", "UnprocessedKeys"],
  BatchWriteItem: ["UnprocessedItems"],
  TransactWriteItems: [],
  Query: ["Items", "LastEvaluatedKey", "Count", "ScannedCount"],
};

describe("the shortcut", () => {
  let server: Server;
  let received: { operation: string; body: Record<string, unknown> }[];
  let answering: Record<string, unknown>;
  let clients: DynamoDBDocumentClient[];
  /** How many calls answer 500. */
  let faults = 0;
  /** Requests without the SDK's id, which the shortcut sent. */
  let shortcuts = 0;

  beforeAll(async () => {
    received = [];
    answering = {};
    server = createServer(async (request, response) => {
      const body = await text(request);
      expect(await authorizationOf(request, body)).toBe(request.headers.authorization);
      const operation = String(request.headers["x-amz-target"]).split(".")[1] as string;
      received.push({ operation, body: JSON.parse(body) });
      if (!request.headers["amz-sdk-invocation-id"]) shortcuts++;
      const fields = FIELDS[operation] as string[];
      const known = Object.entries(answering).filter(([field]) => fields.includes(field));
      response.writeHead(faults-- > 0 ? 500 : 200, {
        "content-type": "application/x-amz-json-1.0",
      });
      response.end(JSON.stringify(Object.fromEntries(known)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = { endpoint: `http://127.0.0.1:${port}`, region: "eu-west-1", credentials: keys };
    clients = (["shortcut", "nothing"] as const).map((fast) =>
      createClient({ ...PATIENT, fast, client }),
    );
    // The first call goes through the SDK.
    for (const each of clients) await each.send(new QueryCommand({ TableName: "Users" }));
  });
  afterAll(() => {
    for (const client of clients) client.destroy();
    server.close();
  });

  test("sends the same as the SDK, well signed, and makes the same of the answer, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(command, answer, async (make, answered) => {
        received.length = 0;
        answering = answered;
        const outputs = [];
        for (const client of clients) outputs.push(await client.send(make() as QueryCommand));
        const requests = received.map(({ operation, body }) => ({
          operation,
          body: { ...body, ClientRequestToken: typeof body.ClientRequestToken },
        }));
        expect(requests).toHaveLength(2);
        expect(requests[0]).toEqual(requests[1]);
        const [mine, sdks] = outputs.map(({ $metadata, ...output }) => output);
        expect(mine).toEqual(sdks);
      }),
      { numRuns: 300 },
    );
    // Otherwise the SDK was compared with itself.
    expect(shortcuts).toBeGreaterThan(50);
  });

  test("is left alone after trouble until the SDK's quota of retries is full again", async () => {
    const call = () => clients[0]?.send(new QueryCommand({ TableName: "Users" }));
    answering = {};
    faults = 1;
    await call();
    shortcuts = 0;
    // What two retries may have used.
    for (let i = 0; i < 28; i++) await call();
    expect(shortcuts).toBe(0);
    await call();
    expect(shortcuts).toBe(1);
  });
});

/** The SDK's signature of a request that arrived. */
async function authorizationOf({ headers }: IncomingMessage, body: string): Promise<string> {
  const names = headers.authorization?.match(/SignedHeaders=([^,]+)/)?.[1]?.split(";") ?? [];
  const signed = names.filter((each) => !/^x-amz-(date|security-token)$/.test(each));
  const signer = new SignatureV4({
    credentials: keys,
    region: "eu-west-1",
    service: "dynamodb",
    sha256: Sha256,
    applyChecksum: false,
  });
  const date = String(headers["x-amz-date"]).replace(
    /(....)(..)(..)T(..)(..)(..)Z/,
    "$1-$2-$3T$4:$5:$6Z",
  );
  const request = {
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    path: "/",
    query: {},
    headers: Object.fromEntries(signed.map((each) => [each, headers[each] as string])),
    body,
  } as unknown as HttpRequest;
  const { headers: resigned } = await signer.sign(request, { signingDate: date });
  return resigned.authorization as string;
}

describe("a call that has taken the shortcut", () => {
  /** A database after its first call, with a DynamoDB whose record of calls is empty. */
  async function setUp(options: DatabaseOptions = {}) {
    const dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    const client = { endpoint: dynamodb.endpoint };
    const database = new Database({ ...PATIENT, ...options, client });
    await Promise.all([database.ping(), insertUser(database), discard(database)]);
    dynamodb.calls.length = 0;
    const close = async () => {
      database.close();
      await dynamodb.close();
    };
    return { dynamodb, database, close };
  }

  const discard = (database: Database) =>
    database.write({ TableName: database.tables.Posts, Key: { id: randomUUID() } });

  const once: [string, Fault][] = [
    ["is not answered", "hang"],
    ["loses its connection", "reset"],
    ["gets half an answer", "stall"],
    ["gets a 500", { status: 500, body: { __type: "InternalServerError" } }],
    ["is throttled", failure("ThrottlingException")],
  ];

  test.each(once)("and %s for once is repeated by the SDK once", async (_, fault) => {
    const { dynamodb, database, close } = await setUp({ requestTimeout: 2_000 });
    let faults = 1;
    dynamodb.fault = () => (faults-- > 0 ? fault : undefined);
    await database.ping();
    expect(dynamodb.operations()).toEqual(["BatchGetItem", "BatchGetItem"]);
    await close();
  });

  test("and got no answer is not repeated where that could do harm", async () => {
    const { dynamodb, database, close } = await setUp();
    dynamodb.fault = () => "lose";
    await expect(discard(database)).rejects.toBeInstanceOf(DomainError);
    expect(dynamodb.operations()).toEqual(["BatchWriteItem"]);
    await close();
  });

  test("and is refused fails by the SDK's error, sent once", async () => {
    const { dynamodb, database, close } = await setUp();
    const taken = newcomer();
    const { users } = makeCore({ database });
    await users.create(taken);
    dynamodb.calls.length = 0;
    await expect(users.create(taken)).rejects.toMatchObject({ kind: "conflict", field: "login" });
    expect(dynamodb.operations()).toEqual(["TransactWriteItems"]);
    await close();
  });

  test("keeps its idempotency token when the SDK repeats it", async () => {
    const { dynamodb, database, close } = await setUp();
    let faults = 1;
    dynamodb.fault = () => (faults-- > 0 ? "lose" : undefined);
    await insertUser(database);
    const tokens = dynamodb.calls.map(({ request }) => request.ClientRequestToken);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    await close();
  });

  test("and is done in part only is asked again for the rest", async () => {
    const { dynamodb, database, close } = await setUp();
    const written = await Promise.all(Array.from({ length: 8 }, () => insertUser(database)));
    dynamodb.calls.length = 0;
    dynamodb.fault = partly;
    const { Users: TableName } = database.tables;
    const found = await Promise.all(
      written.map(({ id }) => database.get<{ id: string }>({ TableName, Key: { id } })),
    );
    expect(found.map((user) => user?.id)).toEqual(written.map(({ id }) => id));
    const sizes = dynamodb.calls.map(({ request }) => request.RequestItems[TableName].Keys.length);
    expect(sizes).toEqual([8, 4, 2, 1]);
    await close();
  });
});
