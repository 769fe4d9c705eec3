/** A running Postgres on this machine, and who may use it: the properties of the link `Postgres`. */
export interface LocalPostgres {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  /** Ends it, in an orderly way. */
  stop(): Promise<void>;
}
