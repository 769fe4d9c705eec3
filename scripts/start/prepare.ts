/** What `npm start` and `npm run dev` do before they start the services. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { makeFolder } from "@steadfast/core/process";
import { createTables, forgetAccount, forgetEndpoints, localEnvironment } from "@steadfast/local";
import { loadConfig } from "../../packages/api/src/config.ts";
import { type LocalDatabase, startDatabase } from "./database.ts";
import { tokenSecret } from "./token-secret.ts";

/** Prefix of the tables, to recognise them in a shared DynamoDB. */
const PREFIX = "steadfast-local-";

/** Folder of the databases' data. */
export const data =
  process.env.DATA_FOLDER || fileURLToPath(new URL("../../.data", import.meta.url));

/** The folder for people: relative if it is below the current one. */
export const FOLDER = relative("", data).startsWith("..") ? data : relative("", data) || ".";

/**
 * Checks everything that can be wrong before anything starts.
 *
 * @throws one line that says what is wrong and what to do
 */
export async function prepare(): Promise<void> {
  if (process.env.DYNAMODB_ENDPOINT) forgetEndpoints(process.env);
  else forgetAccount(process.env);
  const { HOST, PORT } = loadConfig();
  makeFolder(data);
  // SST's Resource reads the links on import; the endpoint is set later.
  nameLinks("");
  await checkCollector(); // drop: quotes
  await mustBeFree(HOST, PORT);
  console.info(
    existsSync(join(data, "dynamodb.db"))
      ? "Starting the databases ..."
      : `Preparing the databases in ${FOLDER}, once ...`,
  );
}

/**
 * Starts DynamoDB and creates the tables. Afterwards this process's environment has its links.
 *
 * @throws one line that says what is wrong and what to do
 */
export async function prepareDynamo(): Promise<LocalDatabase> {
  const database = await startDatabase(join(data, "dynamodb.db"));
  // The services end first and no longer need it.
  process.on("exit", () => database.kill());
  nameLinks(database.endpoint);
  await makeTables(database);
  return database;
}

function nameLinks(endpoint: string): void {
  const secret = tokenSecret(join(data, "token-secret"));
  Object.assign(process.env, localEnvironment({ endpoint, prefix: PREFIX, tokenSecret: secret }));
}

// #region quotes
/**
 * Validates the collector's configuration here; otherwise it would fail in its own process, after
 * the databases have started.
 *
 * @throws one line that says what is wrong
 */
async function checkCollector(): Promise<void> {
  const [{ loadConfig: load }, { readPostgresSettings }] = await Promise.all([
    import("../../packages/collector/src/config.ts"),
    import("@steadfast/core/quotes"),
  ]);
  // Without a key it uses a stand-in.
  load({ ...process.env, PORT: "0", CMC_API_KEY: "any" });
  readPostgresSettings();
}
// #endregion quotes

/** Fails before anything starts, as listening there would later. */
async function mustBeFree(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  server.close();
  await once(server, "close");
}

/** @throws one line that says what to try */
async function makeTables({ endpoint, hint }: LocalDatabase): Promise<void> {
  await createTables(PREFIX).catch((error) => {
    throw new Error(
      `DynamoDB at ${endpoint} does not work: ${error.message || error.code}. ${hint}`,
    );
  });
}

/** Prints names and addresses for people. */
export function sayWhereItIs(lines: Record<string, string>): void {
  console.info();
  for (const [name, where] of Object.entries(lines)) {
    console.info(`  ${styleText("bold", name.padEnd(10))}${styleText("cyan", where)}`);
  }
  console.info(`\n  ${styleText("dim", "Ctrl-C stops everything.")}\n`);
}
