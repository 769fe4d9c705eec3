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
  /** Most connections. @default 4 */
  connections?: number;
  /** Milliseconds to get a connection. @default 500 */
  connectTimeout?: number;
  /** Milliseconds for a query. @default 450 */
  queryTimeout?: number;
}

/** The driver's message for an overdue answer; the connection still waits for it. */
const OVERDUE = "Query read timeout";
/** SQLSTATEs for a refused login, which is wrong or has just been rotated. */
const REFUSED = /^28/;
/** A pooler that does not pass on `statement_timeout`. */
const POOLER = /unsupported startup parameter/;

/**
 * The only way to Postgres: connections with timeouts and verified certificates, migrations, and
 * errors as {@link DomainError}. Connects on first use, and again after an outage or a new login.
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
      // The server's limit comes first, because the connection stays usable.
      statement_timeout: queryTimeout - 50,
      query_timeout: queryTimeout,
    });
  }

  /** Runs queries. @throws DomainError `unavailable`, or `not_found` before the first migration */
  async run<Result>(query: (db: Kysely<Schema>) => Promise<Result>): Promise<Result> {
    try {
      return await query(this.#db);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** Checks that the server answers. @throws DomainError */
  async ping(): Promise<void> {
    await this.run((db) => sql`select 1`.execute(db));
  }

  /**
   * Brings the schema up to date, and grants the settings' reader its rights. Others wait for an
   * advisory lock.
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

  /** Closes the connections once their queries are done. */
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
      // Declared here so that the pool redacts it when printed.
      password: "",
      ssl: tls,
      keepAlive: true,
      application_name: "steadfast",
      ...limits,
    });
    // A broken connection is replaced on demand; without listeners it would end the process.
    pool.on("error", () => {});
    pool.on("connect", (client) => void client.on("error", () => {}));
    return {
      options: pool.options,
      connect: async () => discardedWhenStuck(await this.#connect(pool)),
      end: () => pool.end(),
    };
  }

  /** Opens a connection; if the known login is refused, with the current one. */
  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    const login = this.#login.get();
    try {
      return await connectAs(pool, await login);
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      if (REFUSED.test(code)) this.#login.forget(login);
      // The driver's own limit remains.
      else if (POOLER.test(message)) pool.options.statement_timeout = false;
      else throw error;
      return await connectAs(pool, await this.#login.get());
    }
  }
}

/** A new connection uses this login. */
function connectAs(pool: pg.Pool, { username, password }: Login): Promise<pg.PoolClient> {
  Object.assign(pool.options, { user: username, password });
  return pool.connect();
}

/** Closed instead of reused once one of its answers is overdue. */
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
    // Without its cursor form, which needs another package.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy || stuck),
  };
}
