/**
 * `npm start`: the whole system on this machine, without AWS. Starts the embedded databases, creates
 * the tables, starts the API in this process and other services in their own, and stops everything
 * on Ctrl-C. Data lives in `.data/` (`DATA_FOLDER`).
 *
 * The services' variables apply, except that only the API listens on `PORT`; `DYNAMODB_ENDPOINT`
 * sets another DynamoDB (DynamoDB Local, or a region's endpoint).
 */
import { explainFailedStart } from "@steadfast/core/process";
import { complain, main, takeNoArguments } from "../tools/common/command-line.ts";
import { startCollector } from "./start/collector.ts";
import { FOLDER, prepare, prepareDynamo, sayWhereItIs } from "./start/prepare.ts";

const NAME = "start";

const USAGE = `npm start

Starts the whole system on this machine, databases and services. Needs no AWS.

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
  // In parallel, while this process loads the API's code.
  const starting = startCollector(); // drop: quotes
  const [database, { serve }] = await Promise.all([
    prepareDynamo(),
    import("../packages/api/src/server.ts"),
    starting, // drop: quotes
  ]);
  const collector = await starting; // drop: quotes
  const app = await serve({
    onStopped: () => collector.stop(), // drop: quotes
  });
  for (const signal of SIGNALS) process.off(signal, giveUp);
  database.onEnd(() => {
    fail("The local DynamoDB ended unexpectedly; start again, the data is kept in .data/.");
  });
  collector.lost.then(fail); // drop: quotes
  sayWhereItIs({
    API: app.listeningOrigin,
    Docs: `${app.listeningOrigin}/docs`,
    Quotes: `${app.listeningOrigin}/quotes/latest${collector.ready ? "" : " (in a few seconds)"}`, // drop: quotes
    DynamoDB: database.endpoint,
    Postgres: collector.postgres, // drop: quotes
    Data: FOLDER,
  });
}

function fail(message: string): never {
  complain(NAME, new Error(message));
  process.exit(1);
}
