/**
 * The collector on this machine, for `npm start` and `sst dev`, with what it needs and does not find:
 * an embedded Postgres, with its data in `.data/postgres` (`DATA_FOLDER`), unless a database is named and there; and
 * without a key of CoinMarketCap's API a stand-in with a made-up market, whose quotes are marked so.
 *
 * Started with an IPC channel it sends the variables that name the database, and ends with who started it.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { explainFailedStart, makeFolder } from "@steadfast/core/process";
import { linkProperties, readPostgresSettings } from "@steadfast/core/quotes";
import { type LocalPostgres, STAND_IN_KEY, startPglite, startStandIn } from "@steadfast/local";
import { serve } from "./src/server.ts";

const data = process.env.DATA_FOLDER || join(import.meta.dirname, "../../.data");

// Who started it may end at any time, also before we came to listen.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
if (process.send && !process.connected) process.exit(1);

try {
  const postgres = await embeddedPostgres();
  if (postgres) useForDatabase(postgres);
  if (!process.env.CMC_API_KEY && !linkProperties("CmcApiKey")?.value) await useStandIn();
  process.env.BUFFER_FILE ||= join(data, "quotes.jsonl");
  await serve({ onStopped: async () => postgres?.stop() });
  // Who started it may be gone: then there is nobody to tell, and "disconnect" ends this process.
  process.send?.({ environment: databaseEnvironment() }, () => {});
} catch (error) {
  console.error(explainFailedStart(error));
  process.exit(1);
}

/** @returns `undefined` where there is a database already */
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

function useForDatabase({ host, port, username, password, database }: LocalPostgres): void {
  Object.assign(process.env, {
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_USER: username,
    DB_PASS: password,
    DB_NAME: database,
  });
}

/** The database as it is named by now, which was not necessarily by us. */
function databaseEnvironment(): Record<string, string | undefined> {
  const { DB_HOST, DB_PORT, DB_USER, DB_PASS, DB_NAME } = process.env;
  return { DB_HOST, DB_PORT, DB_USER, DB_PASS, DB_NAME };
}

async function useStandIn(): Promise<void> {
  const { url } = await startStandIn();
  process.env.CMC_URL = url;
  process.env.CMC_API_KEY = STAND_IN_KEY;
}
