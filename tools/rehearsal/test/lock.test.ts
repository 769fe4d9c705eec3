/** The lock by which one rehearsal of a checkout runs at a time. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { releaseLock, takeLock } from "../deploy/lock.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rehearsal-lock-"));
  file = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("is refused while its owner runs, with the owner's process", async () => {
  await takeLock(file);
  await expect(takeLock(file)).rejects.toThrow(
    `another rehearsal of this checkout is running (process ${process.pid})`,
  );
  await releaseLock();
  expect(existsSync(file)).toBe(false);
});

test("counts for nothing where another process has its owner's id", async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, started: Date.parse("2020-01-01") }));
  await takeLock(file);
  expect(JSON.parse(await readFile(file, "utf8")).pid).toBe(process.pid);
});

test.each(["", "4242", '{"pid":', JSON.stringify({ pid: 2 ** 30, started: 0 })])(
  "counts for nothing where its owner is gone or unknown: %j",
  async (content) => {
    await writeFile(file, content);
    await takeLock(file);
    expect(JSON.parse(await readFile(file, "utf8")).pid).toBe(process.pid);
  },
);
