import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);

/** On stderr once it is ready. */
const LISTENING = "listening on";

export interface DynoxideOptions {
  /** File for the data. @default memory */
  file?: string;
  /** On 127.0.0.1. @default a free one */
  port?: number;
}

export interface Dynoxide {
  endpoint: string;
  pid: number;
  /** Resolves when it ends for any reason. */
  exited: Promise<void>;
  /** Ends it at once and waits; acknowledged writes are on disk. */
  stop(): Promise<void>;
}

/**
 * Starts Dynoxide, an embedded DynamoDB engine on SQLite, and waits until it answers.
 * @throws one line that says what to do: no binary for this system, a damaged file, a port in use
 */
export async function startDynoxide(options: DynoxideOptions = {}): Promise<Dynoxide> {
  const binary = findBinary();
  const port = options.port ?? (await getPort({ host: "127.0.0.1" }));
  const args = ["serve", "--host", "127.0.0.1", "--port", String(port)];
  if (options.file) args.push("--db-path", options.file);
  // In its own process group: Ctrl-C must reach the API first, which still needs it.
  const child = spawn(binary, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  // It must not outlive this process, unless that gets a SIGKILL.
  const kill = () => void child.kill();
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const endpoint = `http://127.0.0.1:${port}`;
  await listening(child, options.file);
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

/** Installs this system's package if it is missing. */
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
    // Reported below.
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

/** Until the engine says so. When the port is in use, its owner would answer a probe. */
function listening(child: ChildProcess, file?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      // Later output is read, so that the engine is never blocked, but not kept.
      if (output.includes(LISTENING)) return;
      output += text;
      if (output.includes(LISTENING)) resolve();
    });
    child.once("error", (error) => reject(new Error(explain(error.message, file))));
    // Not at "exit", when its last output may still be in the pipe.
    child.once("close", () => reject(new Error(explain(output, file))));
  });
}

function explain(output: string, file?: string): string {
  const reason = output.match(/error: (.*)/)?.[1] ?? (output.trim() || "it ended without a word");
  // An unwritable file is not damaged.
  if (file && /unable to open|readonly|read-only|permission/i.test(reason)) {
    return `The database file ${file} cannot be opened: is its folder there, and writable? (${reason})`;
  }
  return file && /database|sqlite|malformed/i.test(reason)
    ? `The database file ${file} is damaged: move it away to start afresh. (${reason})`
    : `The local DynamoDB did not start: ${reason}`;
}
