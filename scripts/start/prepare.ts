/** What `npm start` and `npm run dev` do before they start the services. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { makeFolder } from "@steadfast/core/process";
import { createTables, localEnvironment } from "@steadfast/local";
import { loadConfig } from "../../packages/api/src/config.ts";
import { type LocalDatabase, startDatabase } from "./database.ts";
import { tokenSecret } from "./token-secret.ts";

/** The tables' names begin with it, so that they stand apart in a DynamoDB that has others. */
const PREFIX = "steadfast-local-";

/** Where the databases keep their data. */
export const data =
  process.env.DATA_FOLDER || fileURLToPath(new URL("../../.data", import.meta.url));

/** The same for people: short where it is below where they are. */
export const FOLDER = relative("", data).startsWith("..") ? data : relative("", data) || ".";

/**
 * Checks what can be wrong before anything is started.
 *
 * @throws with one line that says what is wrong and what to do
 */
export async function prepare(): Promise<void> {
  const { HOST, PORT } = loadConfig();
  makeFolder(data);
  // SST's Resource reads the links when it is imported; where the database is, is known later.
  nameLinks("");
  await checkCollector();
  await mustBeFree(HOST, PORT);
  console.info(
    existsSync(join(data, "postgres"))
      ? "Starting the databases ..."
      : `Preparing the databases in ${FOLDER}, once ...`,
  );
}

/**
 * Starts the DynamoDB and creates the tables. Its links are in this process's environment afterwards.
 *
 * @throws with one line that says what is wrong and what to do
 */
export async function prepareDynamo(): Promise<LocalDatabase> {
  const database = await startDatabase(join(data, "dynamodb.db"));
  // The services end first; by then they are done with it.
  process.on("exit", () => database.kill());
  nameLinks(database.endpoint);
  await makeTables(database);
  return database;
}

function nameLinks(endpoint: string): void {
  const secret = tokenSecret(join(data, "token-secret"));
  Object.assign(process.env, localEnvironment({ endpoint, prefix: PREFIX, tokenSecret: secret }));
}

/**
 * Fails as the collector would, in a process of its own and after the databases were started.
 *
 * @throws with one line that says what is wrong
 */
async function checkCollector(): Promise<void> {
  const [{ loadConfig: load }, { readPostgresSettings }] = await Promise.all([
    import("../../packages/collector/src/config.ts"),
    import("@steadfast/core/quotes"),
  ]);
  // Where there is no key, it asks a stand-in.
  load({ ...process.env, PORT: "0", CMC_API_KEY: "any" });
  readPostgresSettings();
}

/** Fails as listening there would, before anything is started. */
async function mustBeFree(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  server.close();
  await once(server, "close");
}

/** @throws with one line that says what to try */
async function makeTables({ endpoint, hint }: LocalDatabase): Promise<void> {
  await createTables(new DynamoDBClient(), PREFIX).catch((error) => {
    throw new Error(
      `DynamoDB at ${endpoint} does not work: ${error.message || error.code}. ${hint}`,
    );
  });
}

/** Names and addresses, for whoever reads the terminal. */
export function sayWhereItIs(lines: Record<string, string>): void {
  console.info();
  for (const [name, where] of Object.entries(lines)) {
    console.info(`  ${styleText("bold", name.padEnd(10))}${styleText("cyan", where)}`);
  }
  console.info(`\n  ${styleText("dim", "Ctrl-C stops everything.")}\n`);
}
