import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Policies } from "../../scripts/policy/policies.ts";
import { root } from "../../scripts/rehearse/paths.ts";
import { Processes } from "../../scripts/rehearse/processes.ts";
import { installVenv } from "../../scripts/rehearse/venv.ts";

/** Something that Parliament has to say about a policy. */
export interface Finding {
  policy: string;
  issue: string;
  severity: string;
  /** What it is about: actions, or actions with the resource that each would need. */
  detail: unknown;
}

/**
 * Installs Parliament, the linter of IAM policies, in a virtual environment, unless it is there:
 * a quarter of a minute the first time.
 */
export async function installParliament(): Promise<string> {
  const venv = join(root, ".data/parliament/venv");
  return installVenv(
    {
      purpose: "the linter of policies",
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
    // It ends with 1 when it has found something, and takes any input for a policy.
    // Its own use of an old library is nothing that the policies could mend.
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

function parse(line: string): Finding {
  const { issue, severity, detail, location } = JSON.parse(line);
  const policy = String(location.filepath).split("/").at(-1)?.replace(".json", "") ?? "";
  return { policy, issue, severity, detail };
}
