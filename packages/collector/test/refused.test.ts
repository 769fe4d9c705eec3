import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Postgres } from "@steadfast/core/quotes";
import { sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { makeDatabase, PATIENT } from "../../core/test/support/quotes-database.ts";
import { collecting, cycle, finish, storedIn } from "./support/collecting.ts";

it("quotes that the database refuses are set aside, and hold up no other, also after a restart", async () => {
  const settings = await makeDatabase();
  const postgres = new Postgres({ settings, ...PATIENT });
  await postgres.migrate();
  await postgres.run((db) =>
    sql`alter table bitcoin_quotes add constraint picky
        check (floor(extract(second from last_updated))::int % 3 <> 0)`.execute(db),
  );
  const { market, collect } = await collecting(settings);
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const BUFFER_FILE = join(folder, "quotes.jsonl");
  const start = () => collect("one", { BUFFER_FILE });
  const first = start();
  await first.line(cycle("QuoteRefused"));
  await first.line((line) => Number(line.stored) > 0);
  first.child.kill("SIGKILL");
  const second = start();
  const { refused, detail } = await second.line(cycle("QuoteRefused"));
  expect([refused, detail]).toEqual([1, expect.stringContaining("picky")]);
  await finish(market, second);

  const stored = await storedIn(settings);
  const isRefused = ({ last_updated }: { last_updated: string }) =>
    new Date(last_updated).getUTCSeconds() % 3 === 0;
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.filter(isRefused)).toEqual([]);
  const file = join(folder, "quotes.refused.jsonl");
  const lines = readFileSync(file, "utf8");
  const aside = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(aside.every(isRefused)).toBe(true);
  expect(aside[0].refused).toContain("picky");

  // Somebody has looked: the constraint goes, the quotes come in.
  await postgres.run((db) => sql`alter table bitcoin_quotes drop constraint picky`.execute(db));
  await postgres.close();
  appendFileSync(BUFFER_FILE, lines);
  rmSync(file);
  const third = start();
  await third.line((line) => line.buffered === 0 && line.event === "cycle");
  third.child.kill("SIGTERM");
  const moments = (await storedIn(settings)).map(({ last_updated }) => last_updated);
  expect(moments).toEqual(expect.arrayContaining(aside.map(({ last_updated }) => last_updated)));
});
