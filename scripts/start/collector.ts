import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The collector of the local stack. */
export interface LocalCollector {
  /** By what the API finds the same database. */
  environment: Record<string, string>;
  /** The database's address, for people. */
  postgres: string;
  /** Calls back when it ends without being asked to. */
  onEnd(callback: () => void): void;
  /** Ends it in an orderly way, and waits. */
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL("../../packages/collector/dev.ts", import.meta.url));

/**
 * Starts the collector with what it needs, and waits until its database can be asked. It ends with
 * this process, however that ends: it notices that the channel between them is closed.
 *
 * @throws when it does not start; it has said why on standard error
 */
export async function startCollector(): Promise<LocalCollector> {
  const child = spawn(process.execPath, [ENTRY], {
    // It speaks when something is to be said; its line for each question is for machines.
    env: { ...process.env, PORT: "0", LOG_LEVEL: process.env.LOG_LEVEL || "warn" },
    // In a process group of its own: Ctrl-C must reach the API first, which still needs the database.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  let asked = false;
  const environment = await whereabouts(child, exited);
  // The channel and the process must not keep this one alive.
  child.channel?.unref();
  child.unref();
  return {
    environment,
    postgres: `postgres://${environment.DB_USER}@${environment.DB_HOST}:${environment.DB_PORT}/${environment.DB_NAME}`,
    onEnd(callback) {
      child.once("exit", () => {
        if (!asked) callback();
      });
    },
    async stop() {
      asked = true;
      child.ref();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** What it says on the channel between us. */
interface Message {
  environment?: Record<string, string>;
}

async function whereabouts(
  child: ChildProcess,
  exited: Promise<unknown>,
): Promise<Record<string, string>> {
  const ended = exited.then(() => {
    throw new Error("The collector did not start.");
  });
  const told = new Promise<Record<string, string>>((resolve) => {
    child.on("message", ({ environment }: Message) => {
      if (environment) resolve(environment);
    });
  });
  return Promise.race([told, ended]);
}
