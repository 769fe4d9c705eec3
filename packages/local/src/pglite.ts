import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { embeddedPostgres, type LocalPostgres } from "./postgres.ts";
import { identityOf } from "./process-identity.ts";

export interface PgliteOptions {
  /** Folder for the data. @default memory */
  folder?: string;
  /** Port on 127.0.0.1. @default a free one */
  port?: number;
}

/** They take turns, because PGlite has a single session. */
const CONNECTIONS = 50;

/**
 * Starts PGlite, Postgres as WebAssembly, in this process, and accepts connections over TCP. Any
 * password works: it listens on this machine only. The first start on a folder takes some seconds.
 *
 * @throws one line that says what to do: a damaged or unwritable folder, a port in use
 * @example
 * ```ts
 * const postgres = await startPglite({ folder: ".data/postgres" });
 * ```
 */
export async function startPglite({
  folder,
  port = 0,
}: PgliteOptions = {}): Promise<LocalPostgres> {
  const unlock = folder ? await lock(folder) : () => {};
  const db = await PGlite.create(folder ?? "memory://").catch((error: Error) => {
    unlock();
    const remedy = /EACCES|EPERM|EROFS|permission/i.test(firstLine(error))
      ? "is it yours to write?"
      : "move the folder away to start afresh.";
    throw new Error(
      `The local Postgres in ${folder} does not start: ${remedy} (${firstLine(error)})`,
    );
  });
  const server = new PGLiteSocketServer({
    db,
    host: "127.0.0.1",
    port,
    maxConnections: CONNECTIONS,
  });
  try {
    await server.start();
  } catch (error) {
    await db.close();
    unlock();
    throw new Error(
      `The local Postgres cannot listen on port ${port}: ${firstLine(error as Error)}.`,
    );
  }
  return {
    ...embeddedPostgres(Number(server.getServerConn().split(":").at(-1))),
    async stop() {
      await server.stop();
      await db.close();
      unlock();
    },
  };
}

/** Milliseconds that another process has to release the folder, as after a reload. */
const PATIENCE = 10_000;

/**
 * Keeps two processes from opening the same folder, which would damage it.
 * @returns a function that unlocks it
 */
async function lock(folder: string): Promise<() => void> {
  const file = `${folder}.pid`;
  const until = performance.now() + PATIENCE;
  while (true) {
    try {
      writeFileSync(file, identityOf(process.pid) as string, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readFileSync(file, "utf8");
    const pid = Number.parseInt(owner, 10);
    if (identityOf(pid) !== owner) rmSync(file, { force: true });
    else if (performance.now() > until) {
      throw new Error(
        `The local Postgres in ${folder} is in use by process ${pid}: stop it first.`,
      );
    } else await sleep(100);
  }
}

/** The engine's own errors may have no message. */
function firstLine(error: Partial<Error>): string {
  return (error.message || error.name || "unknown error").split("\n")[0] ?? "";
}
