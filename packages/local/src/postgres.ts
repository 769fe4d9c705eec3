import getPort from "get-port";

/** Where a Postgres on this machine is: the properties of the link `Postgres`. */
export interface PostgresAddress {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
}

/** A running Postgres on this machine. */
export interface LocalPostgres extends PostgresAddress {
  /** Stops it gracefully. */
  stop(): Promise<void>;
}

/** The embedded Postgres on a port: one user, whose password is not checked. */
export function embeddedPostgres(port: number): PostgresAddress {
  return {
    host: "127.0.0.1",
    port,
    database: "postgres",
    username: "postgres",
    password: "postgres",
  };
}

/** Picks a free port for an embedded Postgres that starts later, so that others can know it now. */
export async function reservePostgres(): Promise<PostgresAddress> {
  return embeddedPostgres(await getPort({ host: "127.0.0.1" }));
}

/** The variables with which a service finds it. */
export function postgresVariables(address: PostgresAddress): Record<string, string> {
  const { host, port, database, username, password } = address;
  return {
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_NAME: database,
    DB_USER: username,
    DB_PASS: password,
  };
}
