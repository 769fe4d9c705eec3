import {
  type ColumnType,
  type Generated,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  sql,
} from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { toDomainError } from "./errors.ts";
import { type Login, LoginSource } from "./login.ts";
import { migrations } from "./migrations.ts";
import type { QuoteSource } from "./quote.ts";
import { grantReading } from "./reader.ts";
import type { PostgresSettings } from "./settings.ts";

/** The tables as queries see them. */
export interface Schema {
  bitcoin_quotes: {
    id: Generated<string>;
    price: string;
    volume_24h: string;
    market_cap: string;
    last_updated: ColumnType<Date, string, never>;
    symbol: string;
    currency: string;
    source: QuoteSource;
  };
}

export interface PostgresOptions {
  settings: PostgresSettings;
  /**
   * Connections at most.
   * @default 4
   */
  connections?: number;
  /**
   * Time to get a connection, in milliseconds. With `queryTimeout` short enough that an API answers
   * 503 within a second.
   * @default 500
   */
  connectTimeout?: number;
  /**
   * Time for a query, in milliseconds.
   * @default 450
   */
  queryTimeout?: number;
}

/** What the driver says when an answer is overdue; the connection still waits for it. */
const OVERDUE = "Query read timeout";
/** Class of the SQLSTATEs with which a login is refused: it is wrong, or was right until a moment ago. */
const REFUSED = /^28/;
/** What a pooler says that does not pass on `statement_timeout`. */
const POOLER = /unsupported startup parameter/;

/**
 * The one way to Postgres: connections with time-outs and checked certificates, migrations, and
 * errors as {@link DomainError}. Connects when it is first asked; a server that went away is
 * connected to again by itself, with the new user name and password if those were changed meanwhile.
 *
 * @example
 * ```ts
 * const settings = readPostgresSettings();
 * const quotes = settings && new Quotes(new Postgres({ settings }));
 * ```
 */
export class Postgres {
  readonly #settings: PostgresSettings;
  readonly #login: LoginSource;
  readonly #db: Kysely<Schema>;

  constructor({
    settings,
    connections = 4,
    connectTimeout = 500,
    queryTimeout = 450,
  }: PostgresOptions) {
    this.#settings = settings;
    this.#login = new LoginSource(settings);
    this.#db = this.#open({
      max: connections,
      connectionTimeoutMillis: connectTimeout,
      // The server's limit comes first, because the connection can then be used again.
      statement_timeout: queryTimeout - 50,
      query_timeout: queryTimeout,
    });
  }

  /** Runs queries. @throws DomainError `unavailable`, or `not_found` when there is no table yet */
  async run<Result>(query: (db: Kysely<Schema>) => Promise<Result>): Promise<Result> {
    try {
      return await query(this.#db);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** Whether the server answers. @throws DomainError otherwise */
  async ping(): Promise<void> {
    await this.run((db) => sql`select 1`.execute(db));
  }

  /**
   * Brings the schema up to date, and lets the reader read, where the settings name one. An advisory
   * lock lets one process do it at a time; the others wait, and then find it done. Takes its time: a
   * table that is taken over may be large.
   *
   * @throws DomainError `unavailable`
   */
  async migrate(): Promise<void> {
    const db = this.#open({ max: 1, connectionTimeoutMillis: 5000 });
    try {
      const migrator = new Migrator({
        db,
        provider: { getMigrations: () => Promise.resolve(migrations) },
      });
      const { error } = await migrator.migrateToLatest();
      if (error) throw error;
      const { reader } = this.#settings;
      if (reader !== undefined) await grantReading(db, reader);
    } catch (error) {
      throw toDomainError(error);
    } finally {
      await db.destroy();
    }
  }

  /** Closes the connections, when their queries are through. */
  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #open(limits: pg.PoolConfig): Kysely<Schema> {
    return new Kysely({ dialect: new PostgresDialect({ pool: () => this.#pool(limits) }) });
  }

  async #pool(limits: pg.PoolConfig): Promise<PostgresPool> {
    const { host, port, database, tls } = this.#settings;
    const pool = new pg.Pool({
      host,
      port,
      database,
      // Set before each connection; named here so that the pool keeps it out of what is printed.
      password: "",
      ssl: tls,
      keepAlive: true,
      application_name: "steadfast",
      ...limits,
    });
    // A connection that breaks is replaced when one is needed; without listeners it would end the
    // process: an idle one through the pool, one that is in use between two queries by itself.
    pool.on("error", () => {});
    pool.on("connect", (client) => void client.on("error", () => {}));
    return {
      options: pool.options,
      connect: async () => discardedWhenStuck(await this.#connect(pool)),
      end: () => pool.end(),
    };
  }

  /** A connection; with the login as it is now, should the one that we know be refused. */
  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    const login = this.#login.get();
    try {
      return await connectAs(pool, await login);
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      if (REFUSED.test(code)) this.#login.forget(login);
      // A pooler such as PgBouncer; the driver's own limit is the one that is left.
      else if (POOLER.test(message)) pool.options.statement_timeout = false;
      else throw error;
      return await connectAs(pool, await this.#login.get());
    }
  }
}

/** A connection of the pool; one that has to be made is made with this user name and password. */
function connectAs(pool: pg.Pool, { username, password }: Login): Promise<pg.PoolClient> {
  Object.assign(pool.options, { user: username, password });
  return pool.connect();
}

/** A connection that is closed rather than used again once an answer on it is overdue. */
function discardedWhenStuck(client: pg.PoolClient): PostgresPoolClient {
  let stuck = false;
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      stuck ||= (error as Error).message === OVERDUE;
      throw error;
    }
  };
  return {
    // Without its other form, for cursors, which need a package that we do not have.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy || stuck),
  };
}
