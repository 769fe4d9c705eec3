import { execFile } from "node:child_process";
import { join } from "node:path";
import { startStack } from "@steadfast/local";
import { expect, onTestFinished, test } from "vitest";
import { Processes } from "../../tools/common/processes.ts";
import { installVenv } from "../../tools/common/venv.ts";

const root = join(import.meta.dirname, "../..");
const venv = join(root, ".data/schemathesis/venv");

/** Turns off limits, which are tested elsewhere. */
const PATIENT = { OVERLOAD_DELAY_MS: "0", PASSWORD_QUEUE: "1000", LOGIN_FAILURES: "1000000" };

// Deterministic requests: a finding is a difference between document and answers, not chance.
test("Schemathesis finds no answer that the document does not promise", {
  timeout: 600_000,
}, async () => {
  const python = await installVenv(
    {
      purpose: "Schemathesis",
      venv,
      requirements: join(import.meta.dirname, "requirements.txt"),
      log: join(venv, "../install.log"),
    },
    new Processes(new AbortController().signal),
  );
  const stack = await startStack(PATIENT);
  onTestFinished(() => stack.stop());
  const args = ["--max-examples", "20", "--checks", "all", "--seed", "1", "--no-color"];
  const { code, output } = await run(join(python, "../st"), [
    "run",
    `${stack.url}/docs/json`,
    ...args,
    "--request-timeout",
    "60",
  ]);
  const [, operations] = /Selected: (\d+)\/\1\n/.exec(output) ?? [];
  expect(output).toContain(`Tested: ${operations}\n`);
  expect(code, output).toBe(0);
});

function run(command: string, args: string[]) {
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: join(import.meta.dirname, "formats.py"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env, cwd: join(venv, ".."), maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}
