import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { identityOf, startDynoxide } from "@steadfast/local";

/** The local stack's DynamoDB. */
export interface LocalDatabase {
  endpoint: string;
  /** Advice appended to errors. */
  hint: string;
  /** Ends it if it is ours. Synchronous, because it runs at exit. */
  kill(): void;
  /** Calls back when it ends unexpectedly. */
  onEnd(callback: () => void): void;
}

/**
 * Starts the embedded DynamoDB on a data file, or uses DYNAMODB_ENDPOINT.
 *
 * @throws one line that says what to do
 */
export async function startDatabase(file: string): Promise<LocalDatabase> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint) {
    const hint = "Is DYNAMODB_ENDPOINT right, and does something listen there?";
    return { endpoint, hint, kill() {}, onEnd() {} };
  }
  const pidFile = `${file}.pid`;
  endLeftover(pidFile);
  const dynoxide = await startDynoxide({ file });
  writeFileSync(pidFile, identityOf(dynoxide.pid) ?? "");
  let asked = false;
  return {
    endpoint: dynoxide.endpoint,
    hint: `If ${file} is damaged, move it away to start afresh.`,
    kill() {
      asked = true;
      try {
        process.kill(dynoxide.pid);
      } catch {
        // Already gone.
      }
      rmSync(pidFile, { force: true });
    },
    onEnd(callback) {
      dynoxide.exited.then(() => {
        if (!asked) callback();
      });
    },
  };
}

/** Ends the engine that a killed stack left behind, before two engines share one file. */
function endLeftover(pidFile: string): void {
  let owner: string;
  try {
    owner = readFileSync(pidFile, "utf8");
  } catch {
    return;
  }
  const pid = Number.parseInt(owner, 10);
  if (identityOf(pid) !== owner) return;
  const parent = parentOf(pid);
  if (parent !== 1 && commandOf(parent).includes("start.ts")) {
    throw new Error(
      `The local stack runs already (process ${parent}): stop it first, or use that one.`,
    );
  }
  process.kill(pid);
}

function commandOf(pid: number): string {
  return ps(pid, "command=");
}

function parentOf(pid: number): number {
  return Number(ps(pid, "ppid="));
}

/** A process's field; empty without such a process (or without `ps`, as on Windows). */
function ps(pid: number, field: string): string {
  try {
    return execFileSync("ps", ["-o", field, "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
