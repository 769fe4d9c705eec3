import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * A process's number and when it began, for files that say who has something: the number alone may be
 * somebody else's by now.
 *
 * @returns `undefined` when there is no such process
 * @example
 * ```ts
 * writeFileSync("data.pid", identityOf(process.pid));
 * identityOf(parseInt(readFileSync("data.pid", "utf8"))) === readFileSync("data.pid", "utf8"); // it still runs
 * ```
 */
export function identityOf(pid: number): string | undefined {
  if (!(pid > 0) || !isRunning(pid)) return undefined;
  return `${pid} ${beginningOf(pid)}`.trim();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one all the same.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, in whatever unit; nothing where the system does not tell. */
function beginningOf(pid: number): string {
  try {
    // The 22nd field; the name before it, in brackets, may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[19] ?? "";
  } catch {
    // Not Linux.
  }
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
