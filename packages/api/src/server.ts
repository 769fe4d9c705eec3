import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Database, Passwords, Posts, Removals, readPostgresSettings, Users } from "@steadfast/core";
import { createLogger, explainFailedStart, listeningAddress } from "@steadfast/core/process";
import closeWithGrace from "close-with-grace";
import { type App, buildApp } from "./app.ts";
import { type Config, loadConfig } from "./config.ts";
import { Dependencies } from "./dependencies.ts";
import { Readiness } from "./readiness.ts";
import { startSweeping } from "./sweeping.ts";
import { linkedTokenSecret } from "./tokens.ts";

export interface ServeOptions {
  /** Called after the API has stopped and before the process exits. */
  onStopped?: () => Promise<void>;
}

/** Runs the API, from reading its environment to a graceful shutdown on SIGTERM or SIGINT. */
export async function serve({ onStopped }: ServeOptions = {}): Promise<App> {
  const config = loadConfig();
  const logger = createLogger(config.LOG_LEVEL);
  const database = new Database();
  // DynamoDB only: what few routes need must not stop the others.
  const readiness = new Readiness(() => database.ping(), readyMark());
  const removals = new Removals({ database });
  const posts = new Posts({ database, removals });
  const passwords = new Passwords({
    concurrency: config.PASSWORD_CONCURRENCY,
    queue: config.PASSWORD_QUEUE,
  });
  const users = new Users({ database, passwords, removals });
  const { quotes, postgres } = await linkedQuotes(); // drop: quotes
  const tokenSecret = linkedTokenSecret();
  // Opens the first connection while the app is composed; the API starts without it, too.
  const warm = readiness.check().catch(() => {});
  const dependencies = new Dependencies({
    DynamoDB: () => database.ping(),
    ...(postgres && { Postgres: () => postgres.ping() }), // drop: quotes
  });
  const app = await buildApp({
    ...{ config, database, users, posts, readiness, dependencies, tokenSecret, logger },
    quotes, // drop: quotes
  });
  const sweeping = startSweeping(removals, config.REMOVAL_RATE, app.log);
  stopOnSignals(app, readiness, config, async () => {
    await sweeping.stop();
    database.close();
    await postgres?.close(); // drop: quotes
    await onStopped?.();
  });
  await warm;
  await app.listen(listeningAddress(config.HOST, config.PORT));
  return app;
}

/** systemd's folder, which survives restarts of the service but not a reboot. */
function readyMark({ RUNTIME_DIRECTORY }: NodeJS.ProcessEnv = process.env): string | undefined {
  return RUNTIME_DIRECTORY ? join(RUNTIME_DIRECTORY, "ready") : undefined;
}

// #region quotes
/** If a database is linked; otherwise its driver is not even loaded. */
async function linkedQuotes() {
  const settings = readPostgresSettings(process.env, "PostgresReader");
  if (!settings) return {};
  const { Postgres, Quotes } = await import("@steadfast/core/quotes");
  const postgres = new Postgres({ settings });
  return { postgres, quotes: new Quotes(postgres) };
}
// #endregion quotes

/**
 * On SIGTERM readiness fails at once, the process serves on for DRAIN_SECONDS, finishes what is in
 * flight and exits with 0. A second signal ends it at once; an uncaught error does so with 1.
 */
function stopOnSignals(
  app: App,
  readiness: Readiness,
  config: Config,
  closeDatabases: () => Promise<void>,
): void {
  const drain = config.DRAIN_SECONDS * 1000;
  closeWithGrace(
    { delay: drain + config.SHUTDOWN_SECONDS * 1000, logger: app.log },
    async ({ signal, err }) => {
      readiness.drain();
      if (err) {
        app.log.fatal({ err }, "unexpected error, stopping");
      } else {
        app.log.info({ signal, drain_seconds: config.DRAIN_SECONDS }, "draining");
        await sleep(drain);
      }
      await app.close();
      await closeDatabases();
      app.log.info("stopped");
    },
  );
}

if (import.meta.main) {
  try {
    await serve();
  } catch (error) {
    console.error(explainFailedStart(error));
    process.exit(1);
  }
}
