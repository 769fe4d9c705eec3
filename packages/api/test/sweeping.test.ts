import { randomUUIDv7 } from "node:crypto";
import { Database, Removals } from "@steadfast/core";
import { createLogger } from "@steadfast/core/process";
import { expect, it } from "vitest";
import { PATIENT } from "../../core/test/support/core.ts";
import { REMOVALS_STAND_STILL } from "../src/log-filters.ts";
import { startSweeping } from "../src/sweeping.ts";
import type { LogLine } from "./support/api.ts";

it("says when removals stand still, as an alarm reads it, where it removes none itself, too", async () => {
  const database = new Database(PATIENT);
  const removals = new Removals({ database, propagation: 0 });
  const TableName = database.tables.Removals;
  const Key = { list: "pending", user_id: randomUUIDv7() };
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await database.write({ TableName, Item: { ...Key, since } });
  const log: LogLine[] = [];
  const write = (line: string) => void log.push(JSON.parse(line));
  const sweeping = startSweeping(removals, 0, createLogger("info", false, { write }));
  await expect
    .poll(() => log.map(({ msg }) => `{ $.msg = "${msg}" }`))
    .toEqual([REMOVALS_STAND_STILL]);
  expect(log[0]).toMatchObject({ level: "warn", pending: 1, seconds: expect.any(Number) });
  expect(log[0]?.seconds).toBeGreaterThanOrEqual(3600);
  await sweeping.stop();
  expect(await removals.list()).toHaveLength(1);
  await database.write({ TableName, Key });
  database.close();
});
