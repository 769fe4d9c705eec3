import { randomUUID } from "node:crypto";
import { Postgres, type PostgresSettings } from "@steadfast/core/quotes";
import { startPglite } from "@steadfast/local";
import { sql } from "kysely";
import { afterAll, inject } from "vitest";

/** For tests that are not about timeouts: a busy machine must not fail them. */
export const PATIENT = { connectTimeout: 15_000, queryTimeout: 15_000 };

/**
 * An empty database for the test file: on the test run's Postgres server, or embedded without one.
 */
export async function makeDatabase(): Promise<PostgresSettings> {
  const port = inject("postgres");
  if (port === 0) {
    const { stop, username, password, ...where } = await startPglite();
    afterAll(stop);
    return { ...where, credentials: { username, password }, tls: false };
  }
  return createDatabase(settingsOf({ port }));
}

/** Where a server on this machine is, by its port. */
export function settingsOf({ port }: { port: number }): PostgresSettings {
  const credentials = { username: "postgres", password: "postgres" };
  return { host: "127.0.0.1", port, database: "postgres", credentials, tls: false };
}

/** A new database on a server. */
export async function createDatabase(settings: PostgresSettings): Promise<PostgresSettings> {
  const database = `test-${randomUUID()}`;
  const postgres = new Postgres({ settings, ...PATIENT });
  await postgres.run((db) => sql`create database ${sql.id(database)}`.execute(db));
  await postgres.close();
  return { ...settings, database };
}

/** Variables with which a process finds a database. */
export function variablesOf({ host, port, database, credentials }: PostgresSettings) {
  if (!("password" in credentials)) throw new Error("The database has no password of its own.");
  return {
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_NAME: database,
    DB_USER: credentials.username,
    DB_PASS: credentials.password,
  };
}
