import { spawnSync } from "node:child_process";

/**
 * Whether ShellCheck can be asked. It is a program of the system (`apt-get install shellcheck`,
 * `brew install shellcheck`), which `.ci/run` installs; where it is missing in CI, the tests that
 * need it fail.
 */
export const hasShellcheck =
  process.env.CI !== undefined || spawnSync("shellcheck", ["--version"]).status === 0;

/** Everything that ShellCheck has to say about a bash script; empty when that is nothing. */
export function shellcheck(script: string): string {
  const args = ["--external-sources", "--shell=bash", "--severity=style", "--format=gcc", "-"];
  const { error, stdout, stderr } = spawnSync("shellcheck", args, {
    input: script,
    encoding: "utf8",
  });
  if (error) throw error;
  return stdout + stderr;
}

/** Everything that ShellCheck has to say about a script's file, with what it sources. */
export function shellcheckFile(path: string): string {
  const args = ["--external-sources", "--severity=style", "--format=gcc", path];
  const { error, stdout, stderr } = spawnSync("shellcheck", args, { encoding: "utf8" });
  if (error) throw error;
  return stdout + stderr;
}
