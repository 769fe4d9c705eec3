import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import getPort from "get-port";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);

export interface DynoxideOptions {
  /** File that keeps the data. @default in memory, gone at the end */
  file?: string;
  /** Port on 127.0.0.1. @default a free one */
  port?: number;
}

/** A running DynamoDB engine. */
export interface Dynoxide {
  /** Where it listens, e.g. `http://127.0.0.1:40123`. */
  endpoint: string;
  pid: number;
  /** Resolves when it ends, whoever ended it. */
  exited: Promise<void>;
  /** Ends it at once and waits; what it acknowledged is on disk. */
  stop(): Promise<void>;
}

/**
 * Starts Dynoxide, an embedded DynamoDB engine on SQLite, and waits until it answers.
 *
 * @throws with one line that says what to do: no binary for this system, a damaged file, a port in use
 * @example
 * ```ts
 * const dynamodb = await startDynoxide({ file: ".data/dynamodb.db" });
 * process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.endpoint;
 * ```
 */
export async function startDynoxide(options: DynoxideOptions = {}): Promise<Dynoxide> {
  const binary = findBinary();
  const port = options.port ?? (await getPort({ host: "127.0.0.1" }));
  const args = ["serve", "--host", "127.0.0.1", "--port", String(port)];
  if (options.file) args.push("--db-path", options.file);
  // In a process group of its own: Ctrl-C must reach the API first, which still needs it.
  const child = spawn(binary, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit").then(() => {});
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(child, endpoint, options.file);
  return {
    endpoint,
    pid: child.pid as number,
    exited,
    stop() {
      child.kill();
      return exited;
    },
  };
}

/** The binary's path; installs the package for this system when it is missing. */
function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const found = resolveBinary(name);
  if (found) return found;
  const version = pinnedVersion();
  console.error(`Installing ${name}@${version}, the local DynamoDB for this system …`);
  try {
    execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", `${name}@${version}`], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      shell: process.platform === "win32",
    });
  } catch {
    // Said below.
  }
  const installed = resolveBinary(name);
  if (installed) return installed;
  throw new Error(
    `The local DynamoDB has no package ${name}@${version} to install: set DYNAMODB_ENDPOINT to a ` +
      "running DynamoDB Local (http://127.0.0.1:8000) or to a region's endpoint.",
  );
}

function resolveBinary(name: string): string | undefined {
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    return join(folder, process.platform === "win32" ? "dynoxide.exe" : "dynoxide");
  } catch {
    return undefined;
  }
}

function pinnedVersion(): string {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return manifest.optionalDependencies["@dynoxide/linux-x64"];
}

async function answering(child: ChildProcess, endpoint: string, file?: string): Promise<void> {
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(explain(output, file))));
  });
  const answered = (async () => {
    while (child.exitCode === null) {
      if (await isUp(endpoint)) return;
      await sleep(20);
    }
  })();
  await Promise.race([answered, failed]);
  failed.catch(() => {});
}

async function isUp(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(endpoint, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

function explain(output: string, file?: string): string {
  const reason = output.match(/error: (.*)/)?.[1] ?? (output.trim() || "it ended without a word");
  return file && /database|sqlite|malformed/i.test(reason)
    ? `The database file ${file} is damaged: move it away to start afresh. (${reason})`
    : `The local DynamoDB did not start: ${reason}`;
}
