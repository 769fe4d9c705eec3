import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { LogLine } from "./api.ts";

const SERVER = fileURLToPath(new URL("../../src/server.ts", import.meta.url));
/** Halves the time of all starts after the first. */
const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/node", import.meta.url));

/** The API as its own process, as systemd or a user starts it. */
export interface ApiProcess {
  child: ChildProcess;
  /** What it logged so far. */
  log: LogLine[];
  /** Waits for a line of the log. */
  logged: (msg: string | RegExp) => Promise<LogLine>;
  /** Waits for its end. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

export interface ApiProcessOptions {
  env?: Record<string, string | undefined>;
  /** Command that starts Node with its arguments. @default Node itself */
  command?: (node: string, args: string[]) => [command: string, args: string[]];
  stdio?: SpawnOptions["stdio"];
}

/** Starts the API on this test file's tables, on a free port; killed after the test. */
export function spawnApi(options: ApiProcessOptions = {}): ApiProcess {
  const { env = {}, command = (node, args) => [node, args], stdio } = options;
  const child = spawn(...command(process.execPath, [SERVER]), {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: CACHE,
      PORT: "0",
      OVERLOAD_DELAY_MS: "0",
      ...env,
    },
    stdio: stdio ?? ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    log.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stderr }));
  return {
    child,
    log,
    ended,
    logged(msg) {
      const matches = (line: LogLine) =>
        typeof msg === "string" ? line.msg === msg : msg.test(line.msg);
      return new Promise((resolve, reject) => {
        const look = () => {
          const line = log.find(matches);
          if (!line) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        look();
        ended.then(() => reject(new Error(`It ended without logging ${msg}: ${stderr}`)));
      });
    },
  };
}

/** Waits until the API listens. @returns its address, e.g. `http://127.0.0.1:40123` */
export async function listening({ logged }: ApiProcess): Promise<string> {
  const { msg } = await logged(/^Server listening at /);
  return msg.replace("Server listening at ", "");
}
