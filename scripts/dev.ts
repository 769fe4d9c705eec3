/**
 * `npm run dev`: like `npm start`, but Node restarts each service, in its own process, when its
 * sources change. The databases keep running, with their data and ports.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { explainFailedStart } from "@steadfast/core/process";
import { type LocalPostgres, startPglite } from "@steadfast/local";
import { main, takeNoArguments } from "../tools/common/command-line.ts";
import { data, FOLDER, prepare, prepareDynamo, sayWhereItIs } from "./start/prepare.ts";

const NAME = "dev";

const USAGE = `npm run dev

Does what npm start does, and restarts a service when its source changes.

It takes no arguments; the same variables configure it.

examples
  PORT=8080 npm run dev`;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves with the number of the first signal. */
const stopped = new Promise<number>((resolve) => {
  for (const signal of SIGNALS)
    process.on(signal, (_name: string, number: number) => resolve(number));
});

// Everything started so far ends with this process.
stopped.then((number) => {
  if (services.length === 0) process.exit(128 + number);
});

const services: ChildProcess[] = [];

await main(NAME, USAGE, dev, explainFailedStart);
process.exit();

async function dev(args: string[]): Promise<void> {
  takeNoArguments(args);
  await prepare();
  const database = await prepareDynamo();
  // #region quotes
  const postgres = process.env.DB_HOST
    ? undefined
    : await startPglite({ folder: join(data, "postgres") });
  if (postgres) nameDatabase(postgres);
  // #endregion quotes
  sayWhereItIs({
    DynamoDB: database.endpoint,
    ...(postgres && { Postgres: `${postgres.host}:${postgres.port}` }), // drop: quotes
    Data: FOLDER,
  });
  services.push(
    watch("packages/api/src/server.ts"),
    // #region quotes
    watch("packages/collector/dev.ts", {
      PORT: "0",
      LOG_LEVEL: process.env.LOG_LEVEL || "warn",
    }),
    // #endregion quotes
  );
  const ends = services.map((service) => once(service, "exit"));
  const lost = new Promise<string>((resolve) => {
    database.onEnd(() => resolve("The local DynamoDB ended unexpectedly; start again."));
  });
  const end = await Promise.race([stopped, lost, ...ends]);
  for (const service of services) service.kill("SIGTERM");
  await Promise.all(ends);
  await postgres?.stop(); // drop: quotes
  if (typeof end === "string") throw new Error(`${end} The data is kept in ${FOLDER}.`);
}

// #region quotes
function nameDatabase({ host, port, username, password, database }: LocalPostgres): void {
  Object.assign(process.env, {
    ...{ DB_HOST: host, DB_PORT: `${port}`, DB_NAME: database },
    ...{ DB_USER: username, DB_PASS: password },
  });
}
// #endregion quotes

/** Runs a module and restarts it when it or its imports change. */
function watch(entry: string, environment: Record<string, string> = {}): ChildProcess {
  return spawn(
    process.execPath,
    ["--watch", "--watch-preserve-output", fileURLToPath(new URL(`../${entry}`, import.meta.url))],
    {
      env: { ...process.env, ...environment },
      // In its own process group: Ctrl-C reaches only this process, which stops the others in order.
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
}
