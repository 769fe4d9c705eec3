import type { PostgresSettings } from "@steadfast/core/quotes";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "@steadfast/local";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, settingsOf } from "../../core/test/support/quotes-database.ts";
import { collecting, cycle, finish, stop, storedIn } from "./support/collecting.ts";

/** No further answers, so that none is in flight at the end. */
const SILENCE = Array.from({ length: 100 }, () => "hang" as const);

// An embedded Postgres lives in the test's process and cannot be stopped.
describe.skipIf(!findPostgresServer())("while the database is away", () => {
  let server: PostgresServer;
  let settings: PostgresSettings;

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  beforeEach(async () => {
    settings = await createDatabase(settingsOf(server));
  });
  afterAll(() => server.stop());

  it("quotes wait in the buffer, and are written when it is back, in order", async () => {
    const { market, collect } = await collecting(settings);
    const collector = collect();
    await collector.line(cycle(null));
    await server.crash();
    await collector.line(({ buffered = 0 }) => buffered >= 3);
    await server.start();
    const { length } = collector.lines;
    await collector.line((line) => collector.lines.indexOf(line) >= length && cycle(null)(line));
    await finish(market, collector);
    expect(await storedIn(settings)).toEqual([...market.answered.values()]);
  });

  it("a collector that is killed with quotes in its buffer has them when it starts again", async () => {
    const { market, collect } = await collecting(settings);
    market.trouble(
      undefined,
      undefined,
      undefined,
      ...Array.from({ length: 100 }, () => "hang" as const),
    );
    server.freeze();
    try {
      const victim = collect();
      await victim.line(({ buffered }) => buffered === 3);
      victim.child.kill("SIGKILL");
      await victim.ended;
    } finally {
      server.thaw();
    }
    const heir = collect();
    await expect.poll(() => storedCount(settings)).toBe(3);
    await stop(heir);
    expect(await storedIn(settings)).toEqual([...market.answered.values()]);
  });

  it("SIGTERM waits for the write in hand", async () => {
    let silent = false;
    const choose = () => (silent ? "hang" : undefined);
    const { market, collect } = await collecting(settings, { choose });
    const collector = collect();
    // Connected from here on; a query may wait longer than a connection.
    await collector.line(({ stored = 0 }) => stored > 0);
    const { length } = collector.lines;
    server.freeze();
    await collector.line(
      (line) => collector.lines.indexOf(line) >= length && Number(line.buffered) > 0,
    );
    silent = true;
    // An answer in flight has arrived when the next request is made.
    const asked = market.requests.length;
    await expect.poll(() => market.requests.length).toBeGreaterThan(asked);
    collector.child.kill("SIGTERM");
    await collector.line(({ msg }) => msg === "stopping");
    server.thaw();
    await expect(collector.ended).resolves.toMatchObject({ code: 0 });
    expect(collector.lines.at(-1)).toMatchObject({ msg: "stopped", buffered: 0 });
    expect(await storedIn(settings)).toEqual([...market.answered.values()]);
  });

  it("SIGTERM leaves in the file what the database does not take for as long as it may", async () => {
    const { market, collect } = await collecting(settings);
    market.trouble(undefined, undefined, undefined, ...SILENCE);
    await server.crash();
    try {
      const collector = collect("one", { DRAIN_SECONDS: "1" });
      await collector.line(({ buffered }) => buffered === 3);
      expect(await stop(collector)).toBe(0);
      expect(collector.lines.at(-1)).toMatchObject({ msg: "stopped", buffered: 3 });
    } finally {
      await server.start();
    }
    const heir = collect();
    await expect.poll(() => storedCount(settings)).toBe(3);
    await stop(heir);
  });

  it("a full buffer turns away the new quotes and keeps the old ones", async () => {
    const { market, collect } = await collecting(settings);
    await server.crash();
    const collector = collect("one", { BUFFER: "2" });
    try {
      await collector.line(cycle("BufferFull"));
    } finally {
      await server.start();
    }
    await expect.poll(() => storedCount(settings)).toBeGreaterThan(2);
    await stop(collector);
    const answered = [...market.answered.values()];
    expect((await storedIn(settings)).slice(0, 2)).toEqual(answered.slice(0, 2));
  });
});

async function storedCount(settings: PostgresSettings): Promise<number> {
  return (await storedIn(settings)).length;
}
