/**
 * `npm start`: the whole system on this machine, without AWS. Starts the embedded DynamoDB, creates
 * the tables, starts the collector with an embedded Postgres in its own process and the API in this
 * one, and stops everything on Ctrl-C. Data lives in `.data/` (`DATA_FOLDER`).
 *
 * `PORT`, `HOST` and the other variables of both services apply (the collector's health checks use
 * any port); `DYNAMODB_ENDPOINT` sets another DynamoDB (DynamoDB Local, or a region's endpoint).
 */
import { explainFailedStart } from "@steadfast/core/process";
import { complain, main, takeNoArguments } from "../tools/common/command-line.ts";
import { startCollector } from "./start/collector.ts";
import { FOLDER, prepare, prepareDynamo, sayWhereItIs } from "./start/prepare.ts";

const NAME = "start";

const USAGE = `npm start

Starts the whole system on this machine: databases, collector and API. Needs no AWS.

It takes no arguments. Environment variables configure it, such as PORT, HOST, DATA_FOLDER and
DYNAMODB_ENDPOINT; docs/configuration.md lists them. npm run dev also restarts what you change.

examples
  npm start
  PORT=8080 DATA_FOLDER=/tmp/data npm start`;

// Until the API takes over, exiting ends everything started so far.
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const giveUp = (_name: string, signal: number) => process.exit(128 + signal);

await main(NAME, USAGE, start, explainFailedStart);
// Also ends what was started before the failure.
if (process.exitCode) process.exit();

async function start(args: string[]): Promise<void> {
  takeNoArguments(args);
  for (const signal of SIGNALS) process.on(signal, giveUp);
  await prepare();
  // In parallel, the slowest first, while this process loads the API's code.
  const [collector, database, { serve }] = await Promise.all([
    startCollector(),
    prepareDynamo(),
    import("../packages/api/src/server.ts"),
  ]);
  Object.assign(process.env, collector.environment);
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

function fail(message: string): never {
  complain(NAME, new Error(message));
  process.exit(1);
}
