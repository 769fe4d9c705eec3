import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { createTables, startDynoxide } from "@steadfast/local";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dynoxide-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The message of a start that must fail. */
async function messageOf(start: Promise<unknown>): Promise<string> {
  const error = await start.then(
    () => new Error("It started."),
    (reason) => reason as Error,
  );
  return error.message;
}

async function idsIn(client: DynamoDBClient): Promise<Set<string | undefined>> {
  const ids = new Set<string | undefined>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: "Users" })) {
    for (const item of Items) ids.add(item.id?.S);
  }
  return ids;
}

test("two engines run side by side, each in memory of its own, until they are stopped", async () => {
  const engines = await Promise.all([startDynoxide(), startDynoxide()]);
  const [one, other] = engines.map(({ endpoint }) => new DynamoDBClient({ endpoint })) as [
    DynamoDBClient,
    DynamoDBClient,
  ];
  await Promise.all([createTables("", one), createTables("", other)]);
  await one.send(new PutItemCommand({ TableName: "Users", Item: { id: { S: "mine" } } }));
  expect(await idsIn(one)).toEqual(new Set(["mine"]));
  expect(await idsIn(other)).toEqual(new Set());
  await Promise.all(engines.map((engine) => engine.stop()));
  for (const { endpoint, pid } of engines) {
    await expect(fetch(endpoint)).rejects.toThrow();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  }
});

test("all that was acknowledged is still there after a SIGKILL in the middle of writing", async () => {
  const file = join(folder, "data.db");
  const engine = await startDynoxide({ file });
  const client = new DynamoDBClient({ endpoint: engine.endpoint, maxAttempts: 1 });
  await createTables("", client);
  const acknowledged = new Set<string>();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; ; i++) {
      const id = `${writer}-${i}`;
      await client.send(new PutItemCommand({ TableName: "Users", Item: { id: { S: id } } }));
      acknowledged.add(id);
      if (acknowledged.size === 200) process.kill(engine.pid, "SIGKILL");
    }
  });
  await Promise.allSettled(writers);
  await engine.exited;
  expect(acknowledged.size).toBeGreaterThanOrEqual(200);

  const again = await startDynoxide({ file });
  const found = await idsIn(new DynamoDBClient({ endpoint: again.endpoint }));
  expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
  await again.stop();
});

test("a damaged file is told in one line, and left as it is", async () => {
  const file = join(folder, "data.db");
  await writeFile(file, "no database at all ".repeat(1000));
  const message = await messageOf(startDynoxide({ file }));
  expect(message).toMatch(/^The database file .*data\.db is damaged: move it away to start afresh/);
  expect(message).not.toContain("\n");
  expect(await readFile(file, "utf8")).toBe("no database at all ".repeat(1000));
});

test("a file that cannot be opened is told in one line, and not called damaged", async () => {
  const message = await messageOf(startDynoxide({ file: join(folder, "missing", "data.db") }));
  expect(message).toMatch(/^The database file .* cannot be opened: is its folder there/);
  expect(message).not.toContain("\n");
});

test("a port in use is told in one line, even when its owner answers as if it were ours", async () => {
  const owner = createServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => owner.listen(0, "127.0.0.1", resolve));
  const { port } = owner.address() as AddressInfo;
  const message = await messageOf(startDynoxide({ port }));
  expect(message).toMatch(new RegExp(`^The local DynamoDB did not start: port ${port} is already`));
  expect(message).not.toContain("\n");
  owner.close();
});
