import { Database, DomainError, type Removals, Sweeper } from "@steadfast/core";
import type { FastifyBaseLogger } from "fastify";

export interface Sweeping {
  stop(): Promise<void>;
}

/** Milliseconds for a call, which no client waits for. */
const PATIENT = { deadline: 3000, requestTimeout: 1500 };

/**
 * Starts this process's sweeper, with its own connections, so that requests never wait behind it.
 * @param rate posts per second; 0 only watches
 */
export function startSweeping(
  removals: Removals,
  rate: number,
  logger: FastifyBaseLogger,
): Sweeping {
  const database = new Database({ ...PATIENT, parallel: 1 });
  const sweeper = new Sweeper({
    database,
    removals,
    rate,
    onSwept: (swept) => logger.info(swept, "the posts of a removed user are gone"),
    onFailed: (error) => {
      // The sweeper retries what the database cannot do now; anything else is a bug.
      if (error instanceof DomainError) logger.warn({ reason: error.message }, "removal waits");
      else logger.error({ err: error }, "removal failed");
    },
    onStandstill: (standstill) => logger.warn(standstill, "removals stand still"),
  });
  sweeper.start();
  return {
    async stop() {
      await sweeper.stop();
      database.close();
    },
  };
}
