/** Imports form no circle, and no layer imports a higher one: two rules of Biome, with biome.json's layers. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
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
    "packages/api/test/inside.ts": 'export { Alb } from "../../sst-ec2/src/alb/alb.ts";\n',
    "infra/inside.ts": 'export { Alb } from "../packages/sst-ec2/src/alb/alb.ts";\n',
    "packages/api/test/up.ts": 'export { stages } from "../../../infra/stages.ts";\n',
    "packages/api/src/up.ts": 'export { stages } from "../../../infra/stages.ts";\n',
    "tools/bench/across.ts": 'export { checks } from "../rehearsal/checks.ts";\n',
    "tools/common/up.ts": 'export { graph } from "../stage/graph.ts";\n',
    "tools/rehearsal/across.ts": 'export { compare } from "../bench/compare.ts";\n',
    "tools/rehearsal/helper.ts": 'export { help } from "../../test/support/help.ts";\n',
    "tools/soak/inside.ts": 'export { users } from "../../packages/local/src/users.ts";\n',
    "tools/stage/up.ts": 'export { start } from "../../scripts/start.ts";\n',
    "load/runner/up.ts": 'export { checks } from "../../tools/rehearsal/checks.ts";\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  expect(findings(folder).sort()).toEqual([
    "noImportCycles: packages/core/src/one.ts",
    "noImportCycles: packages/core/src/other.ts",
    "noRestrictedImports: infra/inside.ts",
    "noRestrictedImports: infra/up.ts",
    "noRestrictedImports: load/runner/up.ts",
    "noRestrictedImports: packages/api/src/up.ts",
    "noRestrictedImports: packages/api/test/inside.ts",
    "noRestrictedImports: packages/api/test/up.ts",
    "noRestrictedImports: packages/core/src/up.ts",
    "noRestrictedImports: tools/bench/across.ts",
    "noRestrictedImports: tools/common/up.ts",
    "noRestrictedImports: tools/rehearsal/across.ts",
    "noRestrictedImports: tools/rehearsal/helper.ts",
    "noRestrictedImports: tools/soak/inside.ts",
    "noRestrictedImports: tools/stage/up.ts",
  ]);
});

test("test/ holds tests, and what only they use", () => {
  const files = globSync("test/**/*.ts");
  const users = [...files, ...globSync("vitest*.ts")].map((file) => readFileSync(file, "utf8"));
  const helpers = files.filter((file) => !file.endsWith(".test.ts"));
  expect(helpers).toContain("test/support/links.ts");
  const programs = helpers.filter((file) => !users.some((text) => text.includes(basename(file))));
  expect(programs).toEqual([]);
});

test("clients of AWS are in the packages that call it", () => {
  const names = dependenciesOf(".");
  expect(names).toContain("vitest");
  expect(names.filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual([]);
});

test("what a workspace imports is in its package.json", () => {
  const everywhere = dependenciesOf(".");
  const missing = [...WORKSPACES].flatMap(([folder, name]) => {
    const known = new Set([name, ...everywhere, ...dependenciesOf(folder)]);
    const files = globSync(`${folder}/**/*.ts`, { exclude: ["**/node_modules/**", ...APART] });
    return files.flatMap((file) =>
      importsOf(file).flatMap((each) => (known.has(each) ? [] : `${file}: ${each}`)),
    );
  });
  expect(WORKSPACES.size).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});

/** Names of workspaces, by folder. */
const WORKSPACES = new Map(
  globSync(["packages/*", "tools/*", "load"]).flatMap((folder) =>
    existsSync(join(folder, "package.json")) ? [[folder, manifestOf(folder).name]] : [],
  ),
);

const APART = [
  // Apps that tests build, with packages of their own or with ones that are to be missing.
  "**/test/{programs,service}/**",
  // The library's components run under the same mocks of Pulumi as the app; nobody installs their tests.
  "packages/sst-ec2/test/components/**",
];

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function dependenciesOf(folder: string): string[] {
  const { dependencies, devDependencies, peerDependencies } = manifestOf(folder);
  return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
}

/** The packages that a file imports, Node's and k6's own aside; other workspaces also by a path. */
function importsOf(file: string): string[] {
  const found = readFileSync(file, "utf8").matchAll(
    /^(?:\}|(?:import|export)\b[^;=("`]*?) from "(?!node:|k6\b|@pulumi\/)([^"]+)"/gm,
  );
  return [...found].flatMap(([, from = ""]) => {
    if (!from.startsWith(".")) return /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? [];
    const target = join(dirname(file), from);
    const folder = [...WORKSPACES.keys()].find((each) => target.startsWith(`${each}/`));
    return WORKSPACES.get(folder ?? "") ?? [];
  });
}
