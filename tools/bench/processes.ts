import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "sst-ec2/helpers";
import type { Load, Seen } from "./load.ts";
import type { Usage } from "./probe.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A server under test, in a process of its own. */
export interface Server {
  url: string;
  /** What it has used so far. */
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** One by Node, with the probe in it. */
export class NodeServer implements Server {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts a server with the probe in it. Its log goes to /dev/null.
   * @param probe what `buildProbe` made
   */
  static async start(
    file: string,
    probe: string,
    environment: Record<string, string>,
  ): Promise<NodeServer> {
    const flags = [...NODE_FLAGS, "--import", probe];
    const child = start(file, { ...NODE_ENVIRONMENT, ...environment }, flags);
    const { port } = await ask<{ port: number }>(child);
    return new NodeServer(child, port);
  }

  usage(): Promise<Usage> {
    return ask(this.#child, "usage");
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}

/**
 * Turns the probe into JavaScript: what Node loads to read TypeScript takes 18 MB, which would be
 * charged to the servers.
 * @returns its file
 */
export async function buildProbe(folder: string): Promise<string> {
  const outfile = join(folder, "probe.mjs");
  await build({ entryPoints: [here("probe.ts")], outfile, format: "esm", logLevel: "silent" });
  return outfile;
}

/** The load generator. */
export class Generator {
  readonly #child = start(here("load.ts"));

  send(load: Load): Promise<Seen> {
    return ask(this.#child, load);
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}

function start(file: string, environment = {}, execArgv: string[] = []): ChildProcess {
  return fork(file, {
    execArgv,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** Sends a question, if there is one, and waits for the next answer. */
async function ask<Answer>(child: ChildProcess, question?: string | Load): Promise<Answer> {
  if (question !== undefined) child.send(question);
  const ended = new AbortController();
  const exit = () => ended.abort(new Error(`${child.spawnargs.at(-1)} ended`));
  child.once("exit", exit);
  try {
    const [answer] = await once(child, "message", { signal: ended.signal });
    return answer;
  } finally {
    child.off("exit", exit);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  // Each of ours ends when it is let go.
  child.disconnect();
  await once(child, "exit");
}
