/**
 * `npm start`: the whole system on this machine, without AWS. Starts the embedded DynamoDB, creates the
 * tables, starts the collector with an embedded Postgres in a process of its own and the API in this
 * one, and stops everything on Ctrl-C. Data lives in `.data/`
 * (`DATA_FOLDER`).
 *
 * `PORT`, `HOST` and the other variables of both apply (the collector's health checks take any port); `DYNAMODB_ENDPOINT` names another DynamoDB to
 * use (DynamoDB Local, or a region's endpoint). `npm run dev` restarts it when a source changes.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { explainFailedStart, makeFolder } from "@steadfast/core/process";
import { createTables, forgetAccount, forgetEndpoints, localEnvironment } from "@steadfast/local";
import { loadConfig } from "../packages/api/src/config.ts";
import { complain, main, takeNoArguments } from "./command-line.ts";
import { startCollector } from "./start/collector.ts";
import { type LocalDatabase, startDatabase } from "./start/database.ts";
import { tokenSecret } from "./start/token-secret.ts";

const NAME = "start";

const USAGE = `npm start, npm run dev

It takes no arguments. Variables set it, PORT, HOST, DATA_FOLDER and DYNAMODB_ENDPOINT among them;
README.md has them all.`;

/** The tables' names begin with it, so that they stand apart in a DynamoDB that has others. */
const PREFIX = "steadfast-local-";

const data = process.env.DATA_FOLDER || fileURLToPath(new URL("../.data", import.meta.url));

/** The same for people: short where it is below where they are. */
const FOLDER = relative("", data).startsWith("..") ? data : relative("", data) || ".";

// Until the API takes over: what was started by then is ended when this process exits.
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const giveUp = (_name: string, signal: number) => process.exit(128 + signal);

await main(NAME, USAGE, start, explainFailedStart);
// Also ends what was started before it failed.
if (process.exitCode) process.exit();

async function start(args: string[]): Promise<void> {
  takeNoArguments(args);
  for (const signal of SIGNALS) process.on(signal, giveUp);
  // A DynamoDB that is named may be a region's, which wants to know who calls.
  if (process.env.DYNAMODB_ENDPOINT) forgetEndpoints(process.env);
  else forgetAccount(process.env);
  const { HOST, PORT } = loadConfig();
  makeFolder(data);
  const secret = tokenSecret(join(data, "token-secret"));
  const environment = (endpoint: string) =>
    localEnvironment({ endpoint, prefix: PREFIX, tokenSecret: secret });
  // SST's Resource reads the links when it is imported; where the database is, is known later.
  Object.assign(process.env, environment(""));
  await checkCollector();
  await mustBeFree(HOST, PORT);
  console.info(
    existsSync(join(data, "postgres"))
      ? "Starting the databases ..."
      : `Preparing the databases in ${FOLDER}, once ...`,
  );
  // Read while the databases start, each in a process of its own.
  const api = import("../packages/api/src/server.ts");
  const database = await startDatabase(join(data, "dynamodb.db"));
  // The API ends the process on SIGINT and SIGTERM; by then it is done with the database.
  process.on("exit", () => database.kill());
  Object.assign(process.env, environment(database.endpoint));
  const collector = await startCollector();
  Object.assign(process.env, collector.environment);
  await makeTables(database);
  const { serve } = await api;
  const app = await serve({ onStopped: () => collector.stop() });
  for (const signal of SIGNALS) process.off(signal, giveUp);
  database.onEnd(() => {
    fail("The local DynamoDB ended unexpectedly; start again, the data is kept in .data/.");
  });
  collector.onEnd(() => {
    fail("The collector ended unexpectedly; start again, the data is kept in .data/.");
  });
  sayWhereItIs({
    API: app.listeningOrigin,
    Docs: `${app.listeningOrigin}/docs`,
    Quotes: `${app.listeningOrigin}/quotes/latest`,
    DynamoDB: database.endpoint,
    Postgres: collector.postgres,
    Data: FOLDER,
  });
}

/**
 * Fails as the collector would, in a process of its own and after the databases were started.
 *
 * @throws with one line that says what is wrong
 */
async function checkCollector(): Promise<void> {
  const [{ loadConfig: load }, { readPostgresSettings }] = await Promise.all([
    import("../packages/collector/src/config.ts"),
    import("@steadfast/core/quotes"),
  ]);
  // Where there is no key, it asks a stand-in.
  load({ ...process.env, PORT: "0", CMC_API_KEY: "any" });
  readPostgresSettings();
}

/** @throws with one line that says what to try */
async function makeTables({ endpoint, hint }: LocalDatabase): Promise<void> {
  await createTables(new DynamoDBClient(), PREFIX).catch((error) => {
    throw new Error(
      `DynamoDB at ${endpoint} does not work: ${error.message || error.code}. ${hint}`,
    );
  });
}

/** Fails as listening there would, before anything is started. */
async function mustBeFree(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  server.close();
  await once(server, "close");
}

function sayWhereItIs(lines: Record<string, string>): void {
  console.info();
  for (const [name, where] of Object.entries(lines)) {
    console.info(`  ${styleText("bold", name.padEnd(10))}${styleText("cyan", where)}`);
  }
  console.info(`\n  ${styleText("dim", "Ctrl-C stops everything.")}\n`);
}

function fail(message: string): never {
  complain(NAME, new Error(message));
  process.exit(1);
}
