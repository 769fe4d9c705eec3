import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

/** A checkout with nothing but a script, and these packages. */
function checkout(packages: string[], script: string): string {
  const root = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "scripts"));
  cpSync(join(import.meta.dirname, "../scripts/run.cjs"), join(root, "scripts/run.cjs"));
  writeFileSync(join(root, "scripts/script.ts"), script);
  for (const name of packages) mkdirSync(join(root, "node_modules", name), { recursive: true });
  return root;
}

/** Without TypeScript, as an older Node.js. */
const OLD = "--no-experimental-strip-types";

test.each<[what: string, packages: string[], options: string[], script: string, says: string]>([
  ["nothing is installed", [], [], "", "Nothing is installed: run npm ci."],
  [
    "npm ran with --ignore-scripts",
    ["node"],
    [OLD],
    "",
    "without its install script: run npm rebuild node",
  ],
  [
    "npm ran with --omit=dev",
    ["sst"],
    [OLD],
    "",
    "left it out, as --omit=dev and NODE_ENV=production ask for",
  ],
  [
    "a package is missing",
    ["sst"],
    [],
    'import "@x/y";',
    "The package @x/y is missing: run npm ci --include=dev.",
  ],
])("when %s, one line says so", async (_what, packages, options, script, says) => {
  const { code, stdout, stderr } = await run(checkout(packages, script), options, [
    "scripts/script.ts",
  ]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(says);
  expect(stderr.trim()).not.toContain("\n");
});

test("when vitest is missing, npm test says what to do", async () => {
  const { code, stderr } = await run(checkout(["sst"], ""), [], []);
  expect([code, stderr]).toEqual([
    1,
    "The development packages are missing: run npm ci --include=dev.\n",
  ]);
});

test("a script gets its arguments, and its own errors stay what they are", async () => {
  const root = checkout(
    ["sst"],
    "console.log(process.argv.slice(2).join()); throw new Error('own' as string);",
  );
  const { code, stdout, stderr } = await run(root, [], ["scripts/script.ts", "--a", "b"]);
  expect([code, stdout]).toEqual([1, "--a,b\n"]);
  expect(stderr).toContain("Error: own");
});

describe("npm ci", () => {
  const ROOT = join(import.meta.dirname, "..");

  /** What it would do in a folder with the same manifests. */
  function install(wanted?: string) {
    const root = mkdtempSync(join(tmpdir(), "steadfast-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    if (wanted) manifest.devEngines.runtime.version = wanted;
    else expect(manifest.devEngines.runtime.version).toBe(manifest.engines.node);
    // For workspaces it only reads the lock file.
    for (const name of [".npmrc", "package-lock.json"]) cpSync(join(ROOT, name), join(root, name));
    for (const name of workspaces(ROOT))
      cpSync(join(ROOT, name, "package.json"), join(root, name, "package.json"));
    writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
    const args = ["ci", "--dry-run", "--offline", "--ignore-scripts"];
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    return spawnSync("npm", args, { cwd: root, env, encoding: "utf8" });
  }

  test("warns of nothing: what wants a newer Node.js runs on the project's own", () => {
    const { status, stderr } = install();
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("says what Node.js it needs before it installs anything", () => {
    const { status, stderr, stdout } = install(">=99");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`required: { name: 'node', version: '>=99', onFail: 'error' }`);
    expect(stderr).toContain(`current: { name: 'node', version: '${process.version}' }`);
  });
});

function workspaces(root: string): string[] {
  return globSync("packages/*/package.json", { cwd: root }).map((file) => dirname(file));
}

function run(root: string, options: string[], args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const all = [...options, join(root, "scripts/run.cjs"), ...args];
    execFile(process.execPath, all, { env: {} }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
