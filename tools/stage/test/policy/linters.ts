import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Processes } from "../../../common/processes.ts";
import { root } from "../../../common/root.ts";
import { installVenv } from "../../../common/venv.ts";
import type { Policies } from "../../policy/policies.ts";

/** A finding of Parliament about a policy. */
export interface Finding {
  policy: string;
  issue: string;
  severity: string;
  /** What it is about: actions, or actions with the resource that each would need. */
  detail: unknown;
}

/**
 * Installs Parliament and Cloudsplaining, linters of IAM policies, in a virtual environment, unless
 * they are there: half a minute the first time.
 *
 * @returns the path of its Python
 */
export async function installLinters(): Promise<string> {
  const venv = join(root, ".data/policy-linters/venv");
  return installVenv(
    {
      purpose: "the linters of policies",
      venv,
      requirements: join(import.meta.dirname, "requirements.txt"),
      log: join(venv, "../install.log"),
    },
    new Processes(new AbortController().signal),
  );
}

/** Everything that Parliament has to say about some policies. */
export async function lint(python: string, policies: Policies): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), "policies-"));
  try {
    for (const [name, policy] of Object.entries(policies))
      await writeFile(join(folder, `${name}.json`), JSON.stringify(policy));
    const parliament = join(python, "../parliament");
    const options = ["--directory", folder, "--include_policy_extension", "json", "--json"];
    // Exits with 1 for findings, and accepts anything as a policy. Warnings about its old
    // dependencies are none of ours.
    const env = { ...process.env, PYTHONWARNINGS: "ignore" };
    const run = promisify(execFile)(parliament, options, { env });
    run.child.stdin?.end();
    const { stdout } = await run.catch((error) => {
      if (error.code === 1 && !error.stderr) return error as { stdout: string };
      throw error;
    });
    return stdout.split("\n").filter(Boolean).map(parse);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What Cloudsplaining knows and says of policies: {@link escalations}. */
export interface Escalations {
  /** Ways to more rights, by name: the calls that each takes. */
  methods: Record<string, string[]>;
  /** Of all policies together: the ways that they open on every resource. */
  open: string[];
  /** Of all policies together: calls on every resource, by the trouble that they make. */
  unbounded: { exfiltration: string[]; exposure: string[]; permissions: string[] };
}

/** Cloudsplaining on policies that one principal has all at once. */
export async function escalations(python: string, policies: Policies): Promise<Escalations> {
  const Statement = Object.values(policies).flatMap((each) => each.Statement);
  const run = promisify(execFile)(python, [join(import.meta.dirname, "escalations.py")]);
  run.child.stdin?.end(JSON.stringify({ Version: "2012-10-17", Statement }));
  return JSON.parse((await run).stdout);
}

function parse(line: string): Finding {
  const { issue, severity, detail, location } = JSON.parse(line);
  const policy = String(location.filepath).split("/").at(-1)?.replace(".json", "") ?? "";
  return { policy, issue, severity, detail };
}
