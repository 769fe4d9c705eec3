/** The workflow for GitHub Actions: right, pinned, and without a key that could leak. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const FILE = ".github/workflows/ci.yml";
const text = readFileSync(FILE, "utf8");

interface Job {
  if?: string;
  needs?: string;
  environment?: string;
  permissions?: Record<string, string>;
  concurrency: { "cancel-in-progress": boolean };
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}
const workflow: { permissions: Record<string, string>; jobs: Record<string, Job> } = parse(text);
const { checks, deploy } = workflow.jobs as { checks: Job; deploy: Job };

/** `.ci/run` installs it; where it is missing in CI, this fails, and elsewhere it is left out. */
const ACTIONLINT = process.env.ACTIONLINT_BIN || "actionlint";
const hasActionlint =
  process.env.CI !== undefined || spawnSync(ACTIONLINT, ["-version"]).status === 0;

test.skipIf(!hasActionlint)("actionlint finds nothing", () => {
  const { status, stdout, stderr, error } = spawnSync(ACTIONLINT, ["-no-color", FILE], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr, error }).toEqual({ status: 0, stdout: "", stderr: "" });
});

test("every action is pinned by its commit, with the version beside it", () => {
  const uses = text.split("\n").filter((line) => line.includes("uses:"));
  expect(uses.length).toBeGreaterThan(3);
  for (const line of uses)
    expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("no secret is used, and only the deploy can get a token for AWS", () => {
  expect(text).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key/);
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(checks.permissions).toBeUndefined();
  expect(deploy.permissions).toEqual({ contents: "read", "id-token": "write" });
});

test("a deploy waits for the checks, never runs for a pull request, and is never stopped half-way", () => {
  expect(deploy.needs).toBe("checks");
  expect(deploy.environment).toBe("prod");
  expect(deploy.if).toContain("github.event_name != 'pull_request'");
  expect(deploy.concurrency["cancel-in-progress"]).toBe(false);
  expect(deploy.steps.map(({ run }) => run)).toContain("npx sst deploy --stage prod");
});

test("the checks are scripts that package.json has", () => {
  const scripts = checks.steps.flatMap(({ run = "" }) =>
    [...run.matchAll(/npm (?:run )?(test|lint|typecheck)\b/g)].map(([, name]) => name),
  );
  expect(scripts).toEqual(["lint", "typecheck", "test"]);
  for (const name of scripts) expect(manifest.scripts).toHaveProperty(name as string);
});
