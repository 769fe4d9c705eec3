/** Programs as people write them, on systemd's socket, from their first answer to their end. */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { preparePrograms } from "../programs/prepare.ts";
import { type Answer, ask, HEALTH_CHECKER, statusOf } from "../support/http.ts";
import { buildPreload } from "../support/preload.ts";
import { type Running, Unit } from "../support/unit.ts";

const PROGRAMS: Record<string, string> = {
  "node:http": "node-http.mjs",
  Express: "express.cjs",
  Fastify: "fastify.mjs",
  Koa: "koa.mjs",
  Hono: "hono.mjs",
  NestJS: "nest.cjs",
  "Next.js": "next/.next/standalone/next/server.js",
};

let folder: string;
let preload: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "preload-"));
  preload = await buildPreload(folder);
  preparePrograms();
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** For how long the server says that it keeps the connection. */
const seconds = ({ headers }: Answer) =>
  Number(/timeout=(\d+)/.exec(String(headers["keep-alive"]))?.[1]);

/** The process ids that answer, until there are so many. */
async function whoAnswers(url: string, count: number): Promise<Set<number>> {
  const seen = new Set<number>();
  await expect
    .poll(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(`${url}/slow?ms=20`)));
      for (const { body } of answers) seen.add(Number(/\d+$/.exec(body)?.[0]));
      return seen.size;
    })
    .toBe(count);
  return seen;
}

const isUp = (unit: Unit, running: Running) =>
  expect
    .poll(() => statusOf(unit.url), { message: "it answers", interval: 100 })
    .toBe(200)
    .catch((error) => {
      throw new Error(`${error.message}; it said: ${running.output}`);
    });

describe.each(Object.entries(PROGRAMS))("a program of %s", (_name, file) => {
  test("shares the socket, drains, answers what is under way, and ends with 0", async () => {
    await using unit = await Unit.create();
    const one = unit.start({ file, preload });
    await isUp(unit, one);
    const other = unit.start({ file, preload });
    expect(await whoAnswers(unit.url, 2)).toEqual(new Set([one.pid, other.pid]));
    expect(await other.stop()).toBe(0);

    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await ask(unit.url, HEALTH_CHECKER, agent);
    expect([before.status, before.headers.connection]).toEqual([200, "keep-alive"]);
    expect(seconds(before)).toBeGreaterThan(60);

    // Longer than the drain of a second.
    const late = ask(`${unit.url}/slow?ms=2500`);
    await sleep(200);
    const ended = one.stop();
    await expect.poll(() => statusOf(unit.url, HEALTH_CHECKER), { interval: 20 }).toBe(503);
    const during = await ask(unit.url, {}, agent);
    expect([during.status, during.headers.connection]).toEqual([200, "close"]);
    expect((await late).status).toBe(200);
    expect(await ended).toBe(0);
    expect(one.output).not.toMatch(/not closed|ERR_|Error/);
  });
});
