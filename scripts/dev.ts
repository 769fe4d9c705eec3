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
import { nameDatabase } from "./start/collector.ts"; // drop: quotes
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
  const quotes = await nameDatabase(); // drop: quotes
  const database = await prepareDynamo();
  sayWhereItIs({
    DynamoDB: database.endpoint,
    Postgres: quotes.address, // drop: quotes
    Data: FOLDER,
  });
  const lost = new Promise<string>((resolve) => {
    database.onEnd(() => resolve("The local DynamoDB ended unexpectedly; start again."));
  });
  services.push(watch("packages/api/src/server.ts"));
  let postgres: LocalPostgres | undefined; // drop: quotes
  try {
    // #region quotes
    // The API serves meanwhile.
    const { reserved: port } = quotes;
    if (port) postgres = await startPglite({ folder: join(data, "postgres"), port });
    const quiet = { PORT: "0", LOG_LEVEL: process.env.LOG_LEVEL || "warn" };
    services.push(watch("packages/collector/dev.ts", quiet));
    // #endregion quotes
    const end = await Promise.race([stopped, lost, ...services.map((s) => once(s, "exit"))]);
    if (typeof end === "string") throw new Error(`${end} The data is kept in ${FOLDER}.`);
  } finally {
    await Promise.all(services.map(stop));
    await postgres?.stop(); // drop: quotes
  }
}

async function stop(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const exited = once(service, "exit");
  service.kill("SIGTERM");
  await exited;
}

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
