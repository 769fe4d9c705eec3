/** Servers that Node does not run: what they use is seen from outside. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import getPort from "get-port";
import pidusage from "pidusage";
import which from "which";
import { Processes } from "../common/processes.ts";
import { installVenv } from "../common/venv.ts";
import type { Usage } from "./probe.ts";
import type { Server } from "./processes.ts";
import type { Runtime } from "./servers.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Why a runtime's servers are left out; nothing where it is there. */
export function missing(runtime: Runtime): string | undefined {
  if (runtime === "python" && spawnSync("python3", ["-c", VERSION]).status !== 0)
    return "there is no python3 of 3.11 or later with its venv module";
  return undefined;
}

const VERSION = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))";

/** How long a server may take to start, in milliseconds. */
const PATIENCE = 60_000;

/** The same for Bun's installation. */
const INSTALLATION = 120_000;

/** Starts a server that listens on the `PORT` it is told. Its log goes to /dev/null. */
export async function startForeign(
  command: string,
  args: string[],
  environment: Record<string, string>,
): Promise<Server> {
  const port = await getPort();
  const child = spawn(command, args, {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(url, child, `${command} ${args.join(" ")}`);
  return {
    url,
    usage: () => usageOf(child.pid as number),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Bun: what is on the PATH, or else npm's package, installed once. */
export async function bun(): Promise<string> {
  const there = bunOnPath();
  if (there) return there;
  const folder = here("../../.data/bench/bun");
  const command = join(folder, "node_modules/.bin/bun");
  if (!existsSync(command)) {
    await cp(here("peers/bun"), folder, { recursive: true });
    const options = { cwd: folder, timeout: INSTALLATION };
    await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], options);
  }
  return command;
}

export function bunOnPath(): string | null {
  return which.sync("bun", { nothrow: true });
}

/** The Python of the FastAPI server, with its packages, installed once. */
export async function fastApi(): Promise<{ command: string; args: string[] }> {
  const venv = here("../../.data/bench/fastapi/venv");
  const command = await installVenv(
    {
      purpose: "the FastAPI server of the bench",
      venv,
      requirements: here("peers/fastapi/requirements.txt"),
      log: `${venv}/../install.log`,
    },
    new Processes(new AbortController().signal),
  );
  return { command, args: [here("peers/fastapi/main.py")] };
}

async function answers(url: string, child: ChildProcess, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}.`);
    // Whatever it answers, it serves.
    if (await fetch(url).catch(() => undefined)) return;
  }
  child.kill("SIGKILL");
  throw new Error(`${what} did not answer within ${PATIENCE / 1000} s.`);
}

/** What nobody can see from outside is not a number. */
async function usageOf(pid: number): Promise<Usage> {
  const { ctime, memory } = await pidusage(pid);
  return {
    cpu: ctime * 1000,
    rss: memory,
    kernel: Number.NaN,
    calls: Number.NaN,
    loopDelay: Number.NaN,
  };
}
