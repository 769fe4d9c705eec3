/** `npm run rename`, done on a copy of the checkout. */
import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemOf, renameIn } from "../scripts/rename/names.ts";
import { copyCheckout, linkPlatform } from "../tools/common/checkout.ts";

const { name: NAME } = JSON.parse(readFileSync("package.json", "utf8"));

describe("a text", () => {
  test.each([
    ["old is @old/core, and Old", "new-app is @new-app/core, and New App"],
    ["serveOld(); OldIdentity", "serveNewApp(); NewAppIdentity"],
    ['  old: { label: "old" },', '  "new-app": { label: "new-app" },'],
  ])("%j becomes %j", (text, renamed) => {
    expect(renameIn(text, "old", "new-app").text).toBe(renamed);
  });

  test("can have its old name back, but for quotation marks", () => {
    const there = renameIn("Old old @old/core serveOld", "old", "new-app").text;
    expect(renameIn(there, "new-app", "old").text).toBe("Old old @old/core serveOld");
  });
});

test.each(["a", "My App", "my_app", "1st", "my--app", "a-name-that-is-much-too-long"])(
  "%j is no name",
  (name) => expect(problemOf(name)).toMatch(/must be 2 to 20 lower-case letters/),
);

describe("a checkout", () => {
  const folder = mkdtempSync(join(tmpdir(), "rename-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  const run = (script: string, ...args: string[]) =>
    spawnSync(process.execPath, ["scripts/run.cjs", script, ...args], {
      cwd: folder,
      encoding: "utf8",
    });

  beforeAll(async () => {
    await copyCheckout(folder);
    await linkPlatform(folder);
    git("init", "--quiet");
    git("add", "--all");
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("stays as it is with --dry-run, and where nobody can be asked", () => {
    const dry = run("scripts/rename.ts", "new-app", "--dry-run");
    expect(dry).toMatchObject({ status: 0, stderr: "" });
    expect(dry.stdout).toContain(`@${NAME}/* → @new-app/*`);
    expect(dry.stdout).toMatch(/ {2}sst\.config\.ts +\d+ places?/);
    const asked = run("scripts/rename.ts", "new-app");
    expect(asked.status).toBe(2);
    expect(asked.stderr).toContain("there is no terminal to ask at: give --yes");
    expect(git("status", "--porcelain").replaceAll(/^A.*\n/gm, "")).toBe("");
  });

  test("has the new name everywhere, is well formatted, and its program runs", {
    timeout: 300_000,
  }, () => {
    expect(run("scripts/rename.ts", "new-app", "--yes")).toMatchObject({ status: 0, stderr: "" });
    const left = spawnSync("git", ["grep", "-il", NAME, "--", ":!LICENSE"], { cwd: folder });
    expect(`${left.stdout}`).toBe("");
    expect(globSync(`**/*${NAME}*`, { cwd: folder, exclude: ["node_modules/**"] })).toEqual([]);
    const biome = [join(folder, "node_modules/.bin/biome"), "check", "--error-on-warnings"];
    expect(spawnSync(process.execPath, biome, { cwd: folder }).status).toBe(0);
    const cost = run("tools/stage/cost.ts", "--stage", "ada", "--json");
    expect(cost).toMatchObject({ status: 0 });
    expect(cost.stdout).toContain('"new-app-ada-Alb"');
  });
});
