import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * A process's id and start time, for files that say who owns something: the id alone may be reused.
 * `undefined` when there is no such process.
 */
export function identityOf(pid: number): string | undefined {
  if (!(pid > 0) || !isRunning(pid)) return undefined;
  return `${pid} ${beginningOf(pid)}`.trim();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process exists, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** In any unit; empty if the system does not tell. */
function beginningOf(pid: number): string {
  try {
    // The 22nd field; the name before it, in brackets, may contain spaces.
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
