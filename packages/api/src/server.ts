import { setTimeout as sleep } from "node:timers/promises";
import { Database, Passwords, Posts, Users } from "@steadfast/core";
import closeWithGrace from "close-with-grace";
import type { FastifyListenOptions } from "fastify";
import { type App, buildApp } from "./app.ts";
import { type Config, loadConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { Readiness } from "./readiness.ts";
import { linkedTokenSecret } from "./tokens.ts";

/** First file descriptor that systemd passes to a service with a socket. */
const SYSTEMD_FD = 3;

/** Starts the API as a process: from its environment to an orderly end on SIGTERM or SIGINT. */
export async function serve(): Promise<App> {
  const config = loadConfig();
  const logger = createLogger(config.LOG_LEVEL);
  const database = new Database();
  const readiness = new Readiness(() => database.ping());
  const posts = new Posts({ database });
  const passwords = new Passwords({
    concurrency: config.PASSWORD_CONCURRENCY,
    queue: config.PASSWORD_QUEUE,
  });
  const users = new Users({ database, passwords, posts });
  const tokenSecret = linkedTokenSecret();
  const app = await buildApp({ config, users, posts, readiness, tokenSecret, logger });
  stopOnSignals(app, readiness, config, () => database.close());
  // The first request should not have to wait for the first connection; without one we start anyway.
  await readiness.check().catch(() => {});
  await app.listen(listenOptions(config));
  return app;
}

/** systemd's socket where one is passed, else the configured address. */
function listenOptions({ HOST, PORT }: Config): FastifyListenOptions & { fd?: number } {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  const passed = LISTEN_PID === String(process.pid) && Number(LISTEN_FDS) > 0;
  return passed ? { host: HOST, fd: SYSTEMD_FD } : { host: HOST, port: PORT };
}

/**
 * On SIGTERM readiness fails at once, the process serves on for DRAIN_SECONDS, then finishes what
 * is under way and ends with 0. A second signal ends it at once; so does an error that nobody
 * caught, but with 1.
 */
function stopOnSignals(
  app: App,
  readiness: Readiness,
  config: Config,
  closeDatabase: () => void,
): void {
  const drain = config.DRAIN_SECONDS * 1000;
  const logger = {
    error: (...args: unknown[]) => app.log.error(args.map(String).join(" ")),
    warn: (...args: unknown[]) => app.log.warn(args.map(String).join(" ")),
  };
  closeWithGrace(
    { delay: drain + config.SHUTDOWN_SECONDS * 1000, logger },
    async ({ signal, err }) => {
      readiness.drain();
      if (err) {
        app.log.fatal({ err }, "unexpected error, stopping");
      } else {
        app.log.info({ signal, drain_seconds: config.DRAIN_SECONDS }, "draining");
        await sleep(drain);
      }
      await app.close();
      closeDatabase();
      app.log.info("stopped");
    },
  );
}

/** A failed start is one line for people, not a stack. */
export function explainFailedStart(error: unknown): string {
  const { code, port, address, message } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (code === "EADDRINUSE") {
    return `Port ${port} of ${address} is in use: stop what listens there, or set PORT to another.`;
  }
  if (code === "EACCES") return `Port ${port} needs privileges: set PORT to one above 1023.`;
  return message ?? String(error);
}

if (import.meta.main) {
  try {
    await serve();
  } catch (error) {
    console.error(explainFailedStart(error));
    process.exit(1);
  }
}
