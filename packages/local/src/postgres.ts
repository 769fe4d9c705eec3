/** A running Postgres on this machine: the properties of the link `Postgres`. */
export interface LocalPostgres {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  /** Stops it gracefully. */
  stop(): Promise<void>;
}
