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
  #child = start(here("load.ts"));

  /** @throws when the load does not come to its end; the next begins with another process */
  async send(load: Load): Promise<Seen> {
    try {
      return await ask(this.#child, load, load.seconds * 1000 + PATIENCE);
    } catch (error) {
      this.#child.kill("SIGKILL");
      this.#child = start(here("load.ts"));
      throw error;
    }
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

/** For an answer that needs no time, in milliseconds. */
const PATIENCE = 30_000;

/** Sends a question, if there is one, and waits for the next answer. */
async function ask<Answer>(
  child: ChildProcess,
  question?: string | Load,
  patience = PATIENCE,
): Promise<Answer> {
  const file = child.spawnargs.at(-1);
  const over = new AbortController();
  const exit = () => over.abort(new Error(`${file} ended`));
  const late = setTimeout(
    () => over.abort(new Error(`${file} did not answer within ${patience / 1000} s`)),
    patience,
  );
  child.once("exit", exit);
  try {
    if (question !== undefined) child.send(question);
    const [answer] = await once(child, "message", { signal: over.signal });
    return answer;
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error;
  } finally {
    clearTimeout(late);
    child.off("exit", exit);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  const ended = once(child, "exit");
  // Each of ours ends when it is let go, unless it hangs.
  child.disconnect();
  const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  await ended;
  clearTimeout(late);
}
