import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Postgres, type PostgresSettings } from "@steadfast/core/quotes";
import {
  AlternatingUsers,
  type PostgresServer,
  startPostgresServer,
  startSecretServer,
} from "@steadfast/local";
import { sql } from "kysely";

/** A Postgres server whose database belongs to its own user, with the login in a secret. */
export interface OwnedDatabase {
  server: PostgresServer;
  /** Settings of the database's administrator. */
  settings: PostgresSettings;
  /** Variables with which a collector finds database and secret. */
  environment: Record<string, string>;
  /** The current owner. */
  readonly username: string;
  /**
   * Makes another user with another password the owner; the previous one may not log in any more.
   */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

const DATABASE = "quotes";

/** @param folder for the server's access list */
export async function startOwnedDatabase(folder: string): Promise<OwnedDatabase> {
  const hba = join(folder, "hba.conf");
  chmodSync(folder, 0o755);
  writeFileSync(
    hba,
    "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
  );
  const server = await startPostgresServer({ settings: { hba_file: hba } });
  const { host, port, username, password } = server;
  const administrator = { host, port, credentials: { username, password }, tls: false } as const;
  const run = async (statement: string) => {
    const settings = { ...administrator, database: "postgres" };
    const postgres = new Postgres({ settings, connectTimeout: 10_000, queryTimeout: 10_000 });
    await postgres.run((db) => sql.raw(statement).execute(db)).finally(() => postgres.close());
  };
  const users = new AlternatingUsers({ username: "owner", password: "first" }, run);
  await run("create role owner login password 'first'");
  await run(`create database ${DATABASE} owner owner`);
  const secret = await startSecretServer(() => users.login);
  const link = { host, port, database: DATABASE, secretArn: "arn:rehearsal" };
  return {
    server,
    settings: { ...administrator, database: DATABASE },
    environment: {
      ...secret.environment,
      SST_RESOURCE_App: JSON.stringify({ name: "steadfast", stage: "soak" }),
      SST_RESOURCE_Postgres: JSON.stringify(link),
    },
    get username() {
      return users.login.username;
    },
    rotate: () => users.rotate(),
    async stop() {
      await secret.stop();
      await server.stop();
    },
  };
}
