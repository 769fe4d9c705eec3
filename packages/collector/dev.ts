/**
 * The collector on this machine. Adds what is missing: an embedded Postgres with its data in
 * `.data/postgres` (`DATA_FOLDER`), and without a CoinMarketCap key a stand-in, whose quotes are
 * marked.
 *
 * Started with an IPC channel, it says when it collects, and ends with its parent.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { explainFailedStart, makeFolder } from "@steadfast/core/process";
import { linkProperties, readPostgresSettings } from "@steadfast/core/quotes";
import {
  type LocalPostgres,
  postgresVariables,
  STAND_IN_KEY,
  startPglite,
  startStandIn,
} from "@steadfast/local";
import { serve } from "./src/server.ts";

const data = process.env.DATA_FOLDER || join(import.meta.dirname, "../../.data");

// The parent may end at any time, even before this listener exists.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
if (process.send && !process.connected) process.exit(1);

try {
  const postgres = await embeddedPostgres();
  if (postgres) Object.assign(process.env, postgresVariables(postgres));
  if (!process.env.CMC_API_KEY && !linkProperties("CmcApiKey")?.value) await useStandIn();
  process.env.BUFFER_FILE ||= join(data, "quotes.jsonl");
  await serve({ onStopped: async () => postgres?.stop() });
  // If the parent is gone nobody needs to know, and "disconnect" ends this process.
  process.send?.("ready", () => {});
} catch (error) {
  console.error(explainFailedStart(error));
  process.exit(1);
}

/** @returns `undefined` if a database is configured */
async function embeddedPostgres(): Promise<LocalPostgres | undefined> {
  const named = readPostgresSettings();
  if (named && (named.host !== "127.0.0.1" || (await listens(named.port)))) return undefined;
  makeFolder(data);
  return startPglite({ folder: join(data, "postgres"), ...(named && { port: named.port }) });
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return once(socket, "connect").then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

async function useStandIn(): Promise<void> {
  const { url } = await startStandIn();
  process.env.CMC_URL = url;
  process.env.CMC_API_KEY = STAND_IN_KEY;
}
