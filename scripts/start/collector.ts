import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The collector of the local stack. */
export interface LocalCollector {
  /** Variables with which the API finds the same database. */
  environment: Record<string, string>;
  /** The database's address, for people. */
  postgres: string;
  /** Calls back when it ends unexpectedly. */
  onEnd(callback: () => void): void;
  /** Stops it gracefully and waits. */
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL("../../packages/collector/dev.ts", import.meta.url));

/**
 * Starts the collector with everything it needs, and waits for its database. It ends with this
 * process, however that ends, because the channel between them closes.
 *
 * @throws when it does not start; standard error says why
 */
export async function startCollector(): Promise<LocalCollector> {
  const child = spawn(process.execPath, [ENTRY], {
    // Only warnings and errors; its line per cycle is for machines.
    env: { ...process.env, PORT: "0", LOG_LEVEL: process.env.LOG_LEVEL || "warn" },
    // In its own process group: Ctrl-C must reach the API first, which still needs the database.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  let asked = false;
  const environment = await whereabouts(child, exited);
  // Neither channel nor process may keep this one alive.
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

/** A message on the channel. */
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
