import { randomUUIDv7 } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Database } from "@steadfast/core";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { FAST } from "../../src/dynamodb/client.ts";
import { UndiciHandler } from "../../src/dynamodb/undici-handler.ts";
import { PATIENT } from "../support/core.ts";
import { FaultyDynamoDB, failure } from "../support/faulty-dynamodb.ts";

describe("credentials that expire every second", () => {
  test("are fetched again in time, and every call is signed with a fresh one", async () => {
    const used: { key: string | undefined; asked: number }[] = [];
    let began = 0;
    const server = createServer((request, response) => {
      const key = request.headers.authorization?.match(/Credential=([^/]+)/)?.[1];
      used.push({ key, asked: began });
      response.end('{"Responses":{}}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const expirations = new Map<string, number>();
    const database = new Database({
      ...PATIENT,
      client: {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        credentials: async () => {
          const accessKeyId = `key${expirations.size}`;
          const expiration = new Date(Date.now() + 1000);
          expirations.set(accessKeyId, expiration.getTime());
          return { accessKeyId, secretAccessKey: randomUUIDv7(), expiration };
        },
      },
    });
    for (let i = 0; i < 25; i++) {
      began = Date.now();
      await database.ping();
      await sleep(100);
    }
    database.close();
    server.close();
    expect(used).toHaveLength(25);
    expect(new Set(used.map(({ key }) => key)).size).toBeGreaterThanOrEqual(3);
    // By creation time: a busy machine may send a call long after it was signed.
    for (const { key, asked } of used) {
      expect(asked).toBeLessThan(expirations.get(key as string) as number);
    }
  });
});

describe.each(FAST)("with fast: %s", (fast) => {
  let dynamodb: FaultyDynamoDB;
  let database: Database;

  beforeEach(async () => {
    dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    database = new Database({ ...PATIENT, fast, client: { endpoint: dynamodb.endpoint } });
  });
  afterEach(async () => {
    database.close();
    await dynamodb.close();
  });

  test("items of any text and size come back as they were written", async () => {
    const TableName = database.tables.Posts;
    const contents = ["Grüße 👋", "x".repeat(100_000), "é".repeat(50_000), '"\\\n'];
    const ids = contents.map(() => randomUUIDv7());
    await Promise.all(
      contents.map((content, i) => database.write({ TableName, Item: { id: ids[i], content } })),
    );
    const items = await Promise.all(
      ids.map((id) => database.get<{ content: string }>({ TableName, Key: { id } })),
    );
    expect(items.map((item) => item?.content)).toEqual(contents);
  });

  test.each([
    ["ahead", 600_000, "InvalidSignatureException"],
    ["behind", -600_000, "RequestTimeTooSkewed"],
  ])(
    "with DynamoDB's clock ten minutes %s the first call is answered, whatever it is",
    async (_way, skew, name) => {
      dynamodb.ahead = skew;
      dynamodb.fault = ({ signedAt }) => {
        const difference = Math.abs(signedAt.getTime() - Date.now() - skew);
        return difference < 300_000 ? undefined : failure(name);
      };
      const TableName = database.tables.Posts;
      const id = randomUUIDv7();
      await database.write({ TableName, Item: { id, content: "x" } });
      const UpdateExpression = "SET content = :c";
      const change = {
        TableName,
        Key: { id },
        UpdateExpression,
        ExpressionAttributeValues: { ":c": "y" },
      };
      await database.update(change);
      await expect(database.get({ TableName, Key: { id } })).resolves.toMatchObject({
        content: "y",
      });
      // Each client has learnt the time once; nothing was executed twice.
      expect(dynamodb.calls).toHaveLength(5);
    },
  );

  test("a signature that is refused however often it is made is a database that is away", async () => {
    dynamodb.fault = () => failure("InvalidSignatureException");
    const write = database.write({
      TableName: database.tables.Posts,
      Item: { id: randomUUIDv7() },
    });
    await expect(write).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("a connection that was cut while idle is not noticed", async () => {
    await database.ping();
    await dynamodb.close();
    await dynamodb.open();
    await database.ping();
  });
});

describe("the handler", () => {
  const request = {
    protocol: "http:",
    hostname: "127.0.0.1",
    method: "POST",
    path: "/",
    headers: {},
    query: {},
    body: "{}",
  };
  const options = { connections: 1, connectionTimeout: 10_000, requestTimeout: 10_000 };

  test("ends a request when its signal aborts, before it is sent and after", async () => {
    const arrived = Promise.withResolvers<void>();
    const server = createServer(() => arrived.resolve());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const handler = new UndiciHandler(options);
    const controller = new AbortController();
    const call = handler.handle({ ...request, port }, { abortSignal: controller.signal });
    await arrived.promise;
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    const late = handler.handle({ ...request, port }, { abortSignal: AbortSignal.abort() });
    await expect(late).rejects.toMatchObject({ name: "AbortError" });
    handler.destroy();
    server.closeAllConnections();
    server.close();
  });

  test("fails by a name that the SDK tries again for when nothing answers", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const handler = new UndiciHandler({ ...options, requestTimeout: 50 });
    await expect(handler.handle({ ...request, port })).rejects.toMatchObject({
      name: "TimeoutError",
      code: "UND_ERR_HEADERS_TIMEOUT",
    });
    handler.destroy();
    server.closeAllConnections();
    server.close();
  });
});
