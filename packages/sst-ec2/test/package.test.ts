/** The package as somebody else gets it: packed, and installed in an empty folder. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const PACKAGE = join(import.meta.dirname, "..");
const ROOT = join(PACKAGE, "../..");

let app: string;
let installed: string;
let packed: string[];

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "sst-ec2-package-"));
  installed = join(app, "node_modules/sst-ec2");
  const built = join(app, "built");
  run(process.execPath, join(PACKAGE, "build.ts"), built);
  const answer = JSON.parse(run("npm", "pack", "--json", "--pack-destination", app, built));
  // npm 12 prints an object by package name, npm 11 and older print a list.
  const [{ filename, files }] = Object.values(answer) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = files.map(({ path }) => path);
  rmSync(built, { recursive: true });
  writeFileSync(join(app, "package.json"), '{ "type": "module", "private": true }');
  // SST, which it is a peer of, is large, and not needed here.
  const alone = ["--legacy-peer-deps", "--prefer-offline", "--ignore-scripts", "--no-audit"];
  run("npm", "install", ...alone, join(app, filename));
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

test("has what a package has, and nothing of this repository", () => {
  for (const file of [
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "index.js",
    "index.d.ts",
    "index.d.ts.map",
  ])
    expect(packed).toContain(file);
  expect(packed).toContain("src/index.ts");
  expect(packed.filter((file) => /(^|\/)(test|node_modules|dist)\/|tsconfig/.test(file))).toEqual(
    [],
  );
  const { dependencies, private: hidden } = manifest();
  expect(Object.keys(dependencies)).toEqual(["esbuild"]);
  expect(hidden).toBeUndefined();
});

test("each export is a file that is there, with types, and so are the files that they name", () => {
  const { exports, main, types, bin } = manifest();
  const files = Object.values(exports as Record<string, string | Record<string, string>>).flatMap(
    (each) => (typeof each === "string" ? [each] : Object.values(each)),
  );
  for (const file of [...files, main, types, ...Object.values<string>(bin)])
    expect(existsSync(join(installed, file)), file).toBe(true);
  const emitted = packed.filter(
    (file) => /(?<!\.d)\.(js|d\.ts)$/.test(file) && !file.startsWith("src/"),
  );
  const missing = emitted.flatMap((file) => {
    const text = readFileSync(join(installed, file), "utf8");
    const imports = [...text.matchAll(/^(?:import|export)\b[^"']*["'](\.{1,2}\/[^"']+)["']/gm)];
    return imports
      .map(([, name = ""]) => join(installed, file, "..", name))
      .filter((name) => name.endsWith(".ts") || !existsSync(name));
  });
  expect(emitted.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test("a map leads to the source", () => {
  for (const file of ["service/service.js.map", "service/service.d.ts.map"]) {
    const { sources } = JSON.parse(readFileSync(join(installed, file), "utf8"));
    expect(join(installed, "service", sources[0])).toBe(join(installed, "src/service/service.ts"));
  }
});

test.each([
  ["sst-ec2/rollout", "allowDeletion"],
  ["sst-ec2/helpers", "renderUserData"],
  ["sst-ec2/archive", "Engine"],
  ["sst-ec2/policy", "deployerPolicies"],
])("%s can be imported without SST", (name, member) => {
  const script = `const found = await import(${JSON.stringify(name)}); console.log(Object.keys(found).join(" "));`;
  expect(
    run(process.execPath, "--input-type=module", "--eval", script).trim().split(" "),
  ).toContain(member);
});

test("it renders user data from the files that it brings", () => {
  const args = {
    ...{ service: "api", region: "us-east-1", bucket: "b", port: 3000, environment: {} },
    ...{
      app: { key: "app", sha256: "a".repeat(64) },
      runtime: { key: "runtime", sha256: "b".repeat(64) },
    },
    ...{ start: ["$RUNTIME/bin/node", "$APP/server.mjs"], linksParameters: ["/a/b"] },
    ...{ healthPath: "/", readySeconds: 120, drainSeconds: 12 },
  };
  const script = `const { renderUserData } = await import("sst-ec2/archive"); console.log(renderUserData(${JSON.stringify(args)}));`;
  expect(run(process.execPath, "--input-type=module", "--eval", script)).toMatch(
    /^#!\/bin\/bash\n/,
  );
});

test("its command says how it is used, and prints policies", () => {
  expect(run(join(app, "node_modules/.bin/sst-ec2"), "--help")).toContain("npx sst-ec2 COMMAND");
  const policies = JSON.parse(
    run(join(app, "node_modules/.bin/sst-ec2"), "policy", "--app", "shop"),
  );
  expect(Object.keys(policies)).toContain("shop-deploy-compute");
});

/** What is typed must say so: `any` would take the mistakes. */
const CONFIG = `/// <reference path="./.sst/platform/config.d.ts" />
import { Alb, Service } from "sst-ec2";

const vpc = new sst.aws.Vpc("Vpc");
const alb = new Alb("Alb", { vpc });
const api = new Service("Api", { vpc, entry: "server.ts", loadBalancer: { instance: alb, rules: [{}] } });
export const url: $util.Output<string | undefined> = api.url;
// @ts-expect-error a number is no path
new Service("Wrong", { vpc, entry: 3 });
// @ts-expect-error there is no such argument
new Alb("Wrong", { vpc, nope: true });
// @ts-expect-error a URL is no number
export const wrong: $util.Output<number> = api.url;
// @ts-expect-error neither is a group a text
export const group: string = api.nodes.asg;
`;

test("its types hold for an app, under the strictest flags", () => {
  mkdirSync(join(app, ".sst"));
  symlinkSync(join(ROOT, ".sst/platform"), join(app, ".sst/platform"));
  writeFileSync(join(app, "check.ts"), CONFIG);
  const flags =
    "--ignoreConfig --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 --pretty false";
  const args = [...flags.split(" "), "--types", "", "check.ts"];
  const { stdout } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), args, {
    cwd: app,
    encoding: "utf8",
  });
  expect(
    stdout.split("\n").filter((line) => /^\S/.test(line) && !/\.sst\/platform/.test(line)),
  ).toEqual([]);
});

function manifest() {
  return JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
}
