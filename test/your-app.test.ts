/** The steps of docs/your-app.md, done on a copy of the checkout as somebody who reads it would. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyCheckout, linkPlatform } from "../tools/common/checkout.ts";

const folder = mkdtempSync(join(tmpdir(), "your-app-"));

/** Blocks such as ` ```diff path ` or ` ```ts path `, in their order. */
const BLOCK = /^```(?<kind>diff|ts) (?<path>\S+)\n(?<text>[\s\S]*?)^```$/gm;

interface Step {
  kind: "diff" | "ts";
  path: string;
  text: string;
}

function steps(): Step[] {
  const page = readFileSync("docs/your-app.md", "utf8");
  return [...page.matchAll(BLOCK)].map(({ groups }) => groups as unknown as Step);
}

function follow({ kind, path, text }: Step): void {
  const file = join(folder, path);
  if (kind === "diff") {
    const before = readFileSync(file, "utf8");
    const after = text.split("@@\n").reduce((all, hunk) => apply(all, hunk, path), before);
    writeFileSync(file, after);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }
}

/** Finds the lines of a hunk that are there, once, and puts in their place those that are to be. */
function apply(source: string, hunk: string, path: string): string {
  const lines = hunk.trimEnd().split("\n");
  const without = (mark: string) =>
    lines.flatMap((line) => (line.startsWith(mark) ? [] : [`${line.slice(1)}\n`])).join("");
  const parts = source.split(without("+"));
  if (parts.length === 2) return parts.join(without("-"));
  throw new Error(`${path} has ${parts.length - 1} places like these:\n${hunk}`);
}

function run(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

beforeAll(async () => {
  await copyCheckout(folder);
  await linkPlatform(folder);
  for (const step of steps()) follow(step);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the steps change what they say, and no more", () => {
  expect(steps().map(({ path }) => path)).toContain("packages/api/src/routes/things.ts");
  const biome = run(
    "node_modules/.bin/biome",
    "check",
    "--vcs-enabled=false",
    "--error-on-warnings",
    "packages",
    "infra",
    "sst.config.ts",
  );
  expect(biome, biome.said).toMatchObject({ status: 0 });
});

test("the types are right", { timeout: 300_000 }, () => {
  const types = run("node_modules/.bin/tsc", "--noEmit");
  expect(types, types.said).toMatchObject({ status: 0 });
});

test("the rules for routes hold for the new ones, and so do their tests", {
  timeout: 300_000,
}, () => {
  const tests = run(
    ...["node_modules/vitest/vitest.mjs", "run", "--project", "packages"],
    ...["api/test/title", "api/test/things", "api/test/openapi", "api/test/closed-routes"],
    "core/test/dynamodb/actions",
  );
  expect(tests, tests.said).toMatchObject({ status: 0 });
});

test("a deploy makes the table and the service, and their price is known", {
  timeout: 300_000,
}, () => {
  const cost = run("scripts/run.cjs", "tools/stage/cost.ts", "--stage", "ada", "--json");
  expect(cost, cost.said).toMatchObject({ status: 0 });
  for (const made of ["ThingsTable", "WorkerGroup"])
    expect(cost.said).toContain(`"resource": "${made}"`);
});
