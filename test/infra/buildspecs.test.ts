/** The buildspecs: CodeBuild takes them, ShellCheck finds nothing, and a failure turns a build red. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };
import { hasShellcheck, shellcheck } from "../support/shellcheck.ts";
import { type Buildspec, buildspecSchema } from "./support/buildspec.ts";

const FOLDER = "infra/pipeline/buildspecs";
const FILES = readdirSync(FOLDER);

const conforms = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Buildspec>(
  buildspecSchema,
);

function read(file: string): Buildspec {
  const spec: unknown = parse(readFileSync(join(FOLDER, file), "utf8"));
  if (!conforms(spec)) throw new Error(`${file}: ${JSON.stringify(conforms.errors)}`);
  return spec;
}

/** All commands in order, as CodeBuild runs them: one shell each; the first failure ends a phase. */
function commands({ phases }: Buildspec): string[] {
  return Object.values(phases).flatMap((phase) => phase.commands ?? []);
}

test("each project of the pipeline has one", () => {
  expect(FILES.sort()).toEqual(["checks.yml", "deploy.yml", "source.yml"]);
});

describe.each(FILES)("%s", (file) => {
  test("is what CodeBuild takes", () => {
    expect(() => read(file)).not.toThrow();
  });

  test.skipIf(!hasShellcheck)("has commands without a finding of ShellCheck", () => {
    const spec = read(file);
    expect(spec.env?.shell).toBe("bash");
    for (const command of commands(spec)) expect(shellcheck(`${command}\n`)).toBe("");
  });

  test("runs scripts that package.json has", () => {
    const scripts = commands(read(file)).flatMap((command) =>
      [...command.matchAll(/npm (?:run )?(test|lint|typecheck|\w+:\w+)\b/g)].map(
        ([, name]) => name,
      ),
    );
    for (const name of scripts) expect(manifest.scripts).toHaveProperty(name as string);
  });

  test("goes on after no failure", () => {
    const text = readFileSync(join(FOLDER, file), "utf8");
    expect(text).not.toMatch(/\|\| *true|on-failure: CONTINUE/);
  });
});

describe("the install", () => {
  const install = (file: string) => read(file).phases.install?.commands?.join("\n") ?? "";

  test.each(["checks.yml", "deploy.yml"])("of %s lets no package but node run a script", (file) => {
    const calls = install(file).match(/npm (ci|install|i|rebuild)\b[^&|\n]*/g) ?? [];
    expect(calls.map((each) => each.trim())).toEqual([
      "npm ci --ignore-scripts",
      "npm rebuild node",
    ]);
  });

  test("of the deploy hides the role's credentials from that script", () => {
    expect(install("deploy.yml")).toContain(
      "env -u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI npm rebuild node",
    );
  });

  test("of the checks has the programs that tests ask", () => {
    expect(install("checks.yml")).toContain(". .ci/tools");
  });
});

test("a schema's mistake is found: a phase that CodeBuild does not have", () => {
  expect(conforms({ version: 0.2, phases: { test: { commands: ["npm test"] } } })).toBe(false);
  expect(conforms({ version: 0.2, phases: { build: { command: ["npm test"] } } })).toBe(false);
});

describe("the deploy", () => {
  /** Runs the build phase with an `npx` that exits with a code, and returns its calls. */
  async function deploy(code: number) {
    const folder = await mkdtemp(join(tmpdir(), "buildspec-"));
    const npx = join(folder, "npx");
    await writeFile(npx, `#!/bin/sh\necho "npx $*"\nexit ${code}\n`, { mode: 0o755 });
    const script = read("deploy.yml").phases.build?.commands?.join("\n") ?? "";
    const { status, stdout } = spawnSync("bash", ["-ec", script], {
      env: { PATH: `${folder}:${process.env.PATH}`, STAGE: "prod" },
      encoding: "utf8",
    });
    await rm(folder, { recursive: true });
    return { status, stdout };
  }

  test("deploys the project's stage", async () => {
    expect(await deploy(0)).toEqual({ status: 0, stdout: "npx sst deploy --stage prod\n" });
  });

  test("is red when the deploy fails, as it does after a rollback", async () => {
    expect((await deploy(1)).status).toBe(1);
  });
});

test("the source that CodeBuild hands over is the commit's files, and the checks can ask git for them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "source-"));
  const run = (script: string, cwd: string) =>
    spawnSync("bash", ["-ec", script], { cwd, encoding: "utf8" });
  const git = "git -c user.name=a -c user.email=a@example.com -c init.defaultBranch=main";
  const made = run(
    `${git} init -q && mkdir -p bin && echo out >.gitignore && touch out && printf '#!/bin/sh\\n' >bin/run && chmod +x bin/run && ${git} add -A && ${git} commit -qm one`,
    folder,
  );
  expect(made.stderr).toBe("");
  const [archive = ""] = commands(read("source.yml"));
  const zip = join(folder, "source.zip");
  expect(run(archive, folder).status).toBe(0);
  const unpacked = join(folder, "unpacked");
  expect(
    run(`mkdir ${unpacked} && cd ${unpacked} && python3 -m zipfile -e ${zip} .`, folder).status,
  ).toBe(0);
  const [prepare = ""] = commands(read("checks.yml"));
  const listed = run(`${prepare}\ngit ls-files`, unpacked);
  expect(listed.stdout).toBe(".gitignore\nbin/run\n");
  await rm(folder, { recursive: true });
});
