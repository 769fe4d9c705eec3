import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

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
  const { code, stdout, stderr } = await run(checkout(packages, script), options, ["script.ts"]);
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
  const { code, stdout, stderr } = await run(root, [], ["script.ts", "--a", "b"]);
  expect([code, stdout]).toEqual([1, "--a,b\n"]);
  expect(stderr).toContain("Error: own");
});

function run(root: string, options: string[], args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const all = [...options, join(root, "scripts/run.cjs"), ...args];
    execFile(process.execPath, all, { env: {} }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
