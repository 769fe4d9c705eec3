/** The workflows for GitHub Actions: right, pinned, and without a key that could leak. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };

const FILES = globSync(".github/workflows/*.yml").sort();
const [text, nightly, publish] = FILES.map((file) => readFileSync(file, "utf8")) as [
  string,
  string,
  string,
];

interface Job {
  if?: string;
  needs?: string[];
  environment?: string;
  permissions?: Record<string, string>;
  concurrency: { "cancel-in-progress": boolean };
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}
const workflow: { permissions: Record<string, string>; jobs: Record<string, Job> } = parse(text);
const { quick, checks, deploy } = workflow.jobs as Record<"quick" | "checks" | "deploy", Job>;

/** `.ci/run` installs it; if missing, this fails in CI and is skipped elsewhere. */
const ACTIONLINT = process.env.ACTIONLINT_BIN || "actionlint";
const hasActionlint =
  process.env.CI !== undefined || spawnSync(ACTIONLINT, ["-version"]).status === 0;

test.skipIf(!hasActionlint)("actionlint finds nothing", () => {
  const { status, stdout, stderr, error } = spawnSync(ACTIONLINT, ["-no-color", ...FILES], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: "", stderr: "" });
});

test("each night runs what is too long for a push", () => {
  expect(FILES).toEqual(
    ["ci", "nightly", "publish"].map((name) => `.github/workflows/${name}.yml`),
  );
  const jobs: Record<string, Job> = parse(nightly).jobs;
  expect(Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run))).toContain(
    ".ci/full",
  );
});

test("every action is pinned by its commit, with the version beside it", () => {
  const uses = `${text}\n${nightly}\n${publish}`
    .split("\n")
    .filter((line) => line.includes("uses:"));
  expect(uses.length).toBeGreaterThan(5);
  for (const line of uses)
    expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("no secret is used, and only the deploy can get a token for AWS", () => {
  expect(text + nightly + publish).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key/);
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(parse(nightly).permissions).toEqual({ contents: "read" });
  for (const job of [quick, checks]) expect(job.permissions).toBeUndefined();
  expect(deploy.permissions).toEqual({ contents: "read", "id-token": "write" });
});

test("the library is published from its release alone, with its provenance and without a token", () => {
  const { on, permissions, jobs } = parse(publish);
  expect(on).toEqual({ release: { types: ["published"] } });
  expect(permissions).toEqual({ contents: "read" });
  expect(jobs.publish.permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(jobs.publish.steps.at(-1).run).toBe(
    "npm publish packages/sst-ec2/dist --provenance --access public",
  );
});

test("a deploy waits for the checks, never runs for a pull request, and is never stopped half-way", () => {
  expect(deploy.needs).toEqual(["quick", "checks"]);
  expect(deploy.environment).toBe("prod");
  expect(deploy.if).toContain("github.event_name != 'pull_request'");
  expect(deploy.concurrency["cancel-in-progress"]).toBe(false);
  expect(deploy.steps.map(({ run }) => run)).toContain("npx sst deploy --stage prod");
});

/** Commands of a job's steps before it gets credentials, or all of them. */
function beforeCredentials({ steps }: Job): string {
  const at = steps.findIndex(({ uses = "" }) => uses.includes("configure-aws-credentials"));
  return steps
    .slice(0, at < 0 ? undefined : at)
    .map(({ run = "" }) => run)
    .join("\n");
}

test("packages are installed without their scripts, and before there are credentials", () => {
  const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
  expect(allowed.map(([name]) => name)).toEqual(["node"]);
  for (const job of [quick, checks, deploy]) {
    const all = job.steps.map(({ run = "" }) => run).join("\n");
    const installs = all.match(/npm (ci|install|i|rebuild)\b[^&|\n]*/g)?.map((each) => each.trim());
    expect(installs).toEqual(["npm ci --ignore-scripts", "npm rebuild node"]);
    for (const each of installs ?? []) expect(beforeCredentials(job)).toContain(each);
  }
});

test("the checks have the programs that tests ask, from where .ci/run has them", () => {
  expect(beforeCredentials(checks)).toContain(". .ci/tools");
  expect(readFileSync(".ci/run", "utf8")).toContain(". .ci/tools");
  const tools = readFileSync(".ci/tools", "utf8");
  const asked = globSync("{load/,tools/*/,}test/**/*.ts").flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/process\.env\.([A-Z0-9_]+)_BIN\b/g),
  ]);
  const names = new Set(asked.map(([, name]) => `${name}_BIN`));
  // The browser's own run brings it: docs/testing.md.
  names.delete("CHROMIUM_BIN");
  expect(names.size).toBeGreaterThan(2);
  for (const name of names) expect(tools).toContain(name);
});

test("the checks are scripts that package.json has", () => {
  const scripts = [...quick.steps, ...checks.steps].flatMap(({ run = "" }) =>
    [...run.matchAll(/npm (?:run )?(test:packages|test|lint|typecheck)\b/g)].map(
      ([, name]) => name,
    ),
  );
  expect(scripts).toEqual(["lint", "typecheck", "test:packages", "test"]);
  for (const name of scripts) expect(manifest.scripts).toHaveProperty(name as string);
});
