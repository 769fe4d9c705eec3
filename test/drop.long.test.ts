/** `npm run drop -- quotes`, done on a copy of the checkout: what is left is an app of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyCheckout, linkPlatform } from "../tools/common/checkout.ts";

const folder = mkdtempSync(join(tmpdir(), "drop-"));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, SST_RESOURCE_App: undefined },
  });
  return { status, said: stdout + stderr };
}

function git(...args: string[]): string {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  return execFileSync("git", [...author, ...args], { cwd: folder, encoding: "utf8" });
}

beforeAll(async () => {
  await copyCheckout(folder);
  await linkPlatform(folder);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("with --dry-run, and where nobody can be asked, everything stays", () => {
  const dry = run("scripts/run.cjs", "scripts/drop.ts", "quotes", "--dry-run");
  expect(dry, dry.said).toMatchObject({ status: 0 });
  expect(dry.said).toMatch(/ {2}packages\/collector\/src\/collector\.ts +\d+ lines/);
  const asked = run("scripts/run.cjs", "scripts/drop.ts", "quotes");
  expect(asked.status).toBe(2);
  expect(asked.said).toContain("there is no terminal to ask at: give --yes");
  expect(git("status", "--porcelain")).toBe("");
});

test("with something to commit it does nothing", () => {
  writeFileSync(join(folder, "mine.txt"), "");
  const dropped = run("scripts/run.cjs", "scripts/drop.ts", "quotes", "--yes");
  rmSync(join(folder, "mine.txt"));
  expect(dropped).toEqual({
    status: 1,
    said: "drop: git status shows 1 changed file: commit or stash first.\n",
  });
});

test("the quotes go, with the command, and the lock file follows", { timeout: 300_000 }, () => {
  const dropped = run("scripts/run.cjs", "scripts/drop.ts", "quotes", "--yes");
  expect(dropped, dropped.said).toMatchObject({ status: 0 });
  expect(dropped.said).not.toContain("still speak of it");
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  expect(Object.keys(scripts)).not.toContain("drop");
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  expect(Object.keys(packages)).not.toContain("node_modules/pg");
  expect(Object.keys(packages)).toContain("node_modules/fastify");
});

test("lint and types are right", { timeout: 300_000 }, () => {
  const lint = run("node_modules/.bin/biome", "check", "--error-on-warnings");
  expect(lint, lint.said).toMatchObject({ status: 0 });
  const types = run("node_modules/.bin/tsc", "--noEmit");
  expect(types, types.said).toMatchObject({ status: 0 });
});

test.each(
  [
    ["packages", "infra", "tools"],
    ["rehearsal", "boot"],
  ].flat(),
)("the tests of %s are green", { timeout: 1_800_000 }, (project) => {
  const tests = run("node_modules/vitest/vitest.mjs", "run", "--project", project);
  expect(tests, tests.said.slice(-20_000)).toMatchObject({ status: 0 });
});
