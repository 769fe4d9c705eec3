import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Postgres } from "@steadfast/core/quotes";
import { type LocalPostgres, startPglite } from "@steadfast/local";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
const data = join(folder, "postgres");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function connect(
  { host, port, username, password }: LocalPostgres,
  database = "postgres",
): Postgres {
  const credentials = { username, password };
  const settings = { host, port, database, credentials, tls: false as const };
  return new Postgres({ settings, connectTimeout: 15_000, queryTimeout: 15_000 });
}

test("what is written is there after a restart, under whatever name the database is asked for", async () => {
  const first = await startPglite({ folder: data });
  const writer = connect(first);
  await writer.run((db) => sql`create table notes as select 'kept' as note`.execute(db));
  await writer.close();
  await first.stop();
  const second = await startPglite({ folder: data });
  const reader = connect(second, "quotes");
  const { rows } = await reader.run((db) => sql`select * from notes`.execute(db));
  expect(rows).toEqual([{ note: "kept" }]);
  await reader.close();
  await second.stop();
});

test("several clients take turns", async () => {
  const postgres = await startPglite({ folder: data });
  const clients = Array.from({ length: 3 }, () => connect(postgres));
  const answers = await Promise.all(
    clients.flatMap((client, i) => [
      client.run((db) => sql`select ${i}::int as i, pg_sleep(0.05)`.execute(db)),
      client.ping(),
    ]),
  );
  expect(answers.flatMap((answer) => (answer ? answer.rows : []))).toMatchObject([
    { i: 0 },
    { i: 1 },
    { i: 2 },
  ]);
  await Promise.all(clients.map((client) => client.close()));
  await postgres.stop();
});

test.each([
  ["is nobody's", "4194999 1"],
  ["somebody else has now", `${process.pid} 1`],
  ["is said without its beginning", `${process.pid}`],
  ["is none", "x"],
])(
  "a folder that a dead process left locked, whose number %s, is taken over",
  async (_what, owner) => {
    writeFileSync(`${data}.pid`, owner);
    const postgres = await startPglite({ folder: data });
    await postgres.stop();
  },
);

test.skipIf(process.getuid?.() === 0)(
  "a folder that is not writable is not called damaged",
  async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o500 });
    await expect(startPglite({ folder: closed })).rejects.toThrow(
      `The folder ${closed} cannot be written: give yourself the right, or set DATA_FOLDER.`,
    );
  },
);

test("a port in use is told in one line, and the folder is free again", async () => {
  const owner = createServer();
  await new Promise<void>((resolve) => owner.listen(0, "127.0.0.1", resolve));
  const { port } = owner.address() as { port: number };
  await expect(startPglite({ folder: data, port })).rejects.toThrow(
    new RegExp(`^The local Postgres cannot listen on port ${port}: .*EADDRINUSE.*$`),
  );
  owner.close();
  await (await startPglite({ folder: data })).stop();
});
