import { Database, DomainError, type Removals, Sweeper } from "@steadfast/core";
import type { FastifyBaseLogger } from "fastify";

/** A sweeper that is at work. */
export interface Sweeping {
  stop(): Promise<void>;
}

/** Milliseconds for a call of the sweeper, whom nobody waits for. */
const PATIENT = { deadline: 3000, requestTimeout: 1500 };

/**
 * Starts this process's part in sweeping the posts of removed users, with connections of its own: what
 * it waits for is never what requests wait for.
 * @param rate posts a second; 0: this process removes none, and only watches
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
      // What the database cannot do now is tried again; anything else is a bug.
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
