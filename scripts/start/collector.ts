import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PostgresSettings } from "@steadfast/core/quotes";
import { postgresVariables, reservePostgres } from "@steadfast/local";

/** The collector of the local stack. */
export interface LocalCollector {
  /** The database's address, for people. */
  postgres: string;
  /** Whether it collects by now; preparing its database takes some seconds, once. */
  readonly ready: boolean;
  /** Resolves with what to say when it ends unasked. */
  lost: Promise<string>;
  /** Stops it gracefully and waits. */
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL("../../packages/collector/dev.ts", import.meta.url));

/**
 * Starts the collector with everything it needs, and does not wait for it: the API serves without
 * quotes until their database answers, whose address this process's environment gets. It ends with
 * this process, however that ends, because the channel between them closes.
 */
export async function startCollector(): Promise<LocalCollector> {
  const { address } = await nameDatabase();
  const child = spawn(process.execPath, [ENTRY], {
    // Only warnings and errors; its line per cycle is for machines.
    env: { ...process.env, PORT: "0", LOG_LEVEL: process.env.LOG_LEVEL || "warn" },
    // In its own process group: Ctrl-C must reach the API first, which still needs the database.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  let ready = false;
  let asked = false;
  child.once("message", () => {
    ready = true;
  });
  // While it prepares its database it hears nothing; the next start does that again.
  const giveUp = () => ready || child.kill("SIGKILL");
  process.on("exit", giveUp);
  // Neither channel nor process may keep this one alive.
  child.channel?.unref();
  child.unref();
  return {
    postgres: address,
    get ready() {
      return ready;
    },
    lost: exited.then(() => {
      // Asked to end, there is nothing to say.
      if (asked) return new Promise<string>(() => {});
      return ready
        ? "The collector ended unexpectedly; start again, the data is kept."
        : "The collector did not start.";
    }),
    async stop() {
      asked = true;
      child.ref();
      giveUp();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** Where the quotes' database is. */
interface QuotesDatabase {
  /** For people. */
  address: string;
  /** Port on which an embedded one is expected; `undefined` if the environment names another. */
  reserved: number | undefined;
}

/** Names the database in this process's environment, so that services know it before it runs. */
export async function nameDatabase(): Promise<QuotesDatabase> {
  // Imported late, because it reads the links.
  const { readPostgresSettings } = await import("@steadfast/core/quotes");
  const reserved = readPostgresSettings() ? undefined : await reservePostgres();
  if (reserved) Object.assign(process.env, postgresVariables(reserved));
  const { host, port, database } = readPostgresSettings() as PostgresSettings;
  return { address: `postgres://${host}:${port}/${database}`, reserved: reserved?.port };
}
