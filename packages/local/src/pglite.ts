import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { LocalPostgres } from "./postgres.ts";

export interface PgliteOptions {
  /** Folder that keeps the data. @default in memory, gone at the end */
  folder?: string;
  /** Port on 127.0.0.1. @default a free one */
  port?: number;
}

/** Clients at once. They take turns, for PGlite has a single session. */
const CONNECTIONS = 50;

/**
 * Starts PGlite, Postgres as WebAssembly, in this process, and lets clients connect to it over TCP.
 * Anybody may, with any password: it listens on this machine alone. The first start on a folder takes
 * some seconds.
 *
 * @throws with one line that says what to do: a folder that is damaged or cannot be written, a port in
 *   use
 * @example
 * ```ts
 * const postgres = await startPglite({ folder: ".data/postgres" });
 * ```
 */
export async function startPglite({
  folder,
  port = 0,
}: PgliteOptions = {}): Promise<LocalPostgres> {
  const db = await PGlite.create(folder ?? "memory://").catch((error: Error) => {
    throw new Error(
      `The local Postgres in ${folder} does not start: move the folder away to start afresh. (${firstLine(error)})`,
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
    throw new Error(
      `The local Postgres cannot listen on port ${port}: ${firstLine(error as Error)}.`,
    );
  }
  return {
    host: "127.0.0.1",
    port: Number(server.getServerConn().split(":").at(-1)),
    database: "postgres",
    username: "postgres",
    password: "postgres",
    async stop() {
      await server.stop();
      await db.close();
    },
  };
}

function firstLine({ message }: Error): string {
  return message.split("\n")[0] ?? "";
}
