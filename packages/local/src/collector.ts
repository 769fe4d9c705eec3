import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface CollectorLine extends Record<string, unknown> {
  msg: string;
  event?: "cycle";
  stored?: number;
  fetched?: number;
  buffered?: number;
  failure?: string | null;
  refused?: number;
  detail?: string;
}

/** The collector as its own process. */
export interface CollectorProcess {
  child: ChildProcess;
  lines: CollectorLine[];
  /** Waits for a log line that matches, past or future. */
  line(matches: (line: CollectorLine) => boolean): Promise<CollectorLine>;
  /** Address of its health checks. */
  health(): Promise<string>;
  ended: Promise<{ code: number | null; stderr: string }>;
}

const ENTRY = fileURLToPath(new URL("../../collector/src/server.ts", import.meta.url));

/**
 * Starts a collector with its health checks on a free port.
 * @param environment added to this process's
 */
export function startCollector(environment: Record<string, string | undefined>): CollectorProcess {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...process.env, PORT: "0", LOG_LEVEL: "info", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: CollectorLine[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, stderr }));
  const line = (matches: (line: CollectorLine) => boolean) =>
    new Promise<CollectorLine>((resolve, reject) => {
      const look = () => {
        const found = lines.find(matches);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`It ended without such a line: ${stderr}`)));
    });
  const LISTENS = /health checks at (http:\S+)/;
  return {
    child,
    lines,
    line,
    ended,
    async health() {
      const { msg } = await line((candidate) => LISTENS.test(candidate.msg));
      return LISTENS.exec(msg)?.[1] ?? "";
    },
  };
}
