/** Imports form no circle, and no layer imports a higher one: two rules of Biome, with biome.json's layers. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const BIOME = resolve("node_modules/@biomejs/biome/bin/biome");

/** Biome follows every import, of packages as well. */
const PATIENCE = 300_000;

/** The rules' findings in a folder, as `rule: file`. */
function findings(cwd: string): string[] {
  const rules = ["suspicious/noImportCycles", "style/noRestrictedImports"];
  const flags = rules.map((rule) => `--only=${rule}`);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, "lint", "--reporter=json", "--error-on-warnings", "--max-diagnostics=100", ...flags],
    { cwd, encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  return diagnostics.map(
    ({ category, location }) => `${category.split("/").at(-1)}: ${location.path}`,
  );
}

test("imports form no circle and follow the layers", { timeout: PATIENCE }, () => {
  expect(findings(process.cwd())).toEqual([]);
});

test("circles and arrows upward are found", { timeout: PATIENCE }, () => {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-imports-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync("biome.json", join(folder, "biome.json"));
  const files = {
    ".gitignore": "node_modules/\n",
    "packages/core/src/one.ts":
      'import { other } from "./other.ts";\nexport const one = () => other;\n',
    "packages/core/src/other.ts":
      'import { one } from "./one.ts";\nexport const other = () => one;\n',
    "packages/core/src/up.ts": 'export { one } from "@steadfast/api";\n',
    "infra/up.ts": 'export { main } from "../tools/common/command-line.ts";\n',
    "packages/api/src/up.ts": 'export { stages } from "../../../infra/stages.ts";\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  expect(findings(folder).sort()).toEqual([
    "noImportCycles: packages/core/src/one.ts",
    "noImportCycles: packages/core/src/other.ts",
    "noRestrictedImports: infra/up.ts",
    "noRestrictedImports: packages/api/src/up.ts",
    "noRestrictedImports: packages/core/src/up.ts",
  ]);
});
