import { once } from "node:events";
import type { Server } from "node:http";
import { createLogger, explainFailedStart, listeningAddress } from "@steadfast/core/process";
import { Postgres, Quotes, readPostgresSettings } from "@steadfast/core/quotes";
import closeWithGrace from "close-with-grace";
import { QuoteBuffer } from "./buffer.ts";
import { CoinMarketCap } from "./coinmarketcap.ts";
import { Collector } from "./collector.ts";
import { type Config, loadConfig } from "./config.ts";
import { healthServer } from "./health.ts";
import { Questions } from "./questions.ts";
import { fileBeside, SetAside } from "./set-aside.ts";
import { Writer } from "./writer.ts";

/** In milliseconds; no client waits, so they are generous. */
const DATABASE_TIMEOUTS = { connectTimeout: 5000, queryTimeout: 10_000 };

export interface RunningCollector {
  /** Address of its health checks. */
  health: string;
  readonly alive: boolean;
}

export interface ServeOptions {
  /** Called after the collector has stopped and before the process exits. */
  onStopped?: () => Promise<void>;
}

/**
 * Runs the collector, from reading its environment to a graceful shutdown on SIGTERM or SIGINT.
 * @throws one line that says what is missing: the key, the database
 */
export async function serve({ onStopped }: ServeOptions = {}): Promise<RunningCollector> {
  const config = loadConfig();
  const logger = createLogger(config.LOG_LEVEL);
  const postgres = new Postgres({
    settings: databaseSettings(),
    ...DATABASE_TIMEOUTS,
    connections: 2,
  });
  const quotes = new Quotes(postgres);
  const buffer = new QuoteBuffer({ capacity: config.BUFFER, file: config.BUFFER_FILE });
  const setAside = new SetAside(fileBeside(config.BUFFER_FILE));
  const writer = new Writer(
    {
      migrate: () => postgres.migrate(),
      store: (batch) => quotes.store(batch),
      ping: () => postgres.ping(),
    },
    buffer,
    setAside,
  );
  const { symbols, interval } = config;
  const collector = new Collector({
    interval,
    symbols,
    questions: new Questions(marketOf(config)),
    buffer,
    writer,
    setAside,
    logger,
  });
  const server = healthServer(collector);
  server.listen(listeningAddress(config.HOST, config.PORT));
  await once(server, "listening");
  const health = originOf(server);
  const close = async () => {
    await collector.stop(config.DRAIN_SECONDS * 1000);
    server.close();
    server.closeAllConnections();
    await postgres.close();
    await onStopped?.();
    logger.info({ buffered: buffer.size }, "stopped");
  };
  stopOnSignals(close, config, logger);
  logger.info(
    {
      symbols,
      currency: config.CURRENCY,
      source: config.source,
      interval_seconds: interval / 1000,
      buffered: buffer.size,
      buffer_file: config.BUFFER_FILE || null,
    },
    `Collecting; health checks at ${health}`,
  );
  if (config.source === "stand-in")
    logger.warn(`The quotes are made up: they come from ${config.CMC_URL}`);
  collector.start();
  return {
    health,
    get alive() {
      return collector.alive;
    },
  };
}

function marketOf({ CMC_URL, apiKey, REQUEST_SECONDS, symbols, CURRENCY, source }: Config) {
  const timeout = REQUEST_SECONDS * 1000;
  return new CoinMarketCap({ url: CMC_URL, apiKey, timeout, symbols, currency: CURRENCY, source });
}

function databaseSettings() {
  const settings = readPostgresSettings();
  if (settings) return settings;
  throw new Error(
    "There is no database: set DB_HOST, DB_USER, DB_PASS and DB_NAME, or link Postgres; " +
      '"npm start" brings one.',
  );
}

function originOf(server: Server): string {
  const address = server.address();
  if (typeof address !== "object" || !address) return String(address);
  const { address: host, port, family } = address;
  return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
}

/**
 * On SIGTERM or SIGINT requests stop and the buffer is written, for DRAIN_SECONDS if the database
 * does not accept it. A second signal ends the process at once; an uncaught error does so with 1.
 */
function stopOnSignals(
  close: () => Promise<void>,
  { DRAIN_SECONDS, SHUTDOWN_SECONDS }: Config,
  logger: ReturnType<typeof createLogger>,
): void {
  closeWithGrace(
    { delay: (DRAIN_SECONDS + SHUTDOWN_SECONDS) * 1000, logger },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err }, "unexpected error, stopping");
      else logger.info({ signal }, "stopping");
      await close();
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
