import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Credentials, Postgres, type PostgresSettings, Quotes } from "@steadfast/core/quotes";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "@steadfast/local";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  AlternatingUsers,
  type SecretServer,
  startSecretServer,
} from "../../../local/src/alternating-users.ts";
import { type RdsLogin, startRdsLogin } from "../../../local/src/rds-login.ts";
import { PATIENT, settingsOf } from "../support/quotes-database.ts";

const READER = "quotes_reader";
const KEY = { id: "ASIAEXAMPLE", secret: "secret of the example" };
const BITCOIN = { symbol: "BTC", currency: "USD" };

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
chmodSync(folder, 0o755);

// Only a server enforces logins and rights: an embedded Postgres lets everybody do everything.
describe.skipIf(!findPostgresServer())("a Postgres server as RDS sets it up", () => {
  let server: PostgresServer;
  let rds: RdsLogin;
  let settings: PostgresSettings;
  const open: Postgres[] = [];

  const connectAs = (credentials: Credentials, limits: object = PATIENT) => {
    const postgres = new Postgres({ settings: { ...settings, credentials }, ...limits });
    open.push(postgres);
    return postgres;
  };
  const asAdministrator = async (statement: string) => {
    const postgres = new Postgres({ settings: settingsOf(server), ...PATIENT });
    await postgres.run((db) => sql.raw(statement).execute(db)).finally(() => postgres.close());
  };

  beforeAll(async () => {
    rds = await startRdsLogin({
      address: () => `127.0.0.1:${server.port}`,
      secretOf: (key) => (key === KEY.id ? KEY.secret : undefined),
    });
    const hba = join(folder, "hba.conf");
    writeFileSync(
      hba,
      ["all postgres 127.0.0.1/32 trust", `all ${READER} 127.0.0.1/32 ${rds.method}`]
        .concat("all all 127.0.0.1/32 scram-sha-256")
        .map((line) => `host ${line}\n`)
        .join(""),
    );
    server = await startPostgresServer({ settings: { hba_file: hba } });
    await asAdministrator("create role rds_iam");
    // Like RDS's master: no superuser, but may create roles.
    await asAdministrator("create role owner login createrole password 'first'");
    await asAdministrator("grant rds_iam to owner with admin option");
    await asAdministrator("create database quotes owner owner");
    const owner = { username: "owner", password: "first" };
    settings = { ...settingsOf(server), database: "quotes", credentials: owner, reader: READER };
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    await Promise.all(open.map((postgres) => postgres.close()));
    await server.stop();
    await rds.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("the role that reads", () => {
    const byIam = (username = READER) => connectAs({ username, iam: true });
    const signIn = ({ id, secret } = KEY) => {
      vi.stubEnv("AWS_REGION", "eu-central-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", id);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
      vi.stubEnv("AWS_SESSION_TOKEN", "session/token=");
    };

    it("is made by who owns the tables, by several at once and again and again", async () => {
      const { credentials } = settings;
      const several = Array.from({ length: 3 }, () => connectAs(credentials));
      await Promise.all(several.map((postgres) => postgres.migrate()));
      await several[0]?.migrate();
      await new Quotes(several[0] as Postgres).store([
        {
          ...BITCOIN,
          price: "1.10",
          volume_24h: "2",
          market_cap: "3",
          last_updated: "2026-01-31T12:00:00.000Z",
          source: "stand-in",
        },
      ]);
    });

    it("logs in with a token of IAM and reads the quotes", async () => {
      signIn();
      const postgres = byIam();
      expect(await new Quotes(postgres).latest(BITCOIN)).toMatchObject({ price: "1.10" });
      const { rows } = await postgres.run((db) =>
        sql<{ who: string }>`select current_user as who`.execute(db),
      );
      expect(rows).toEqual([{ who: READER }]);
    });

    it.each([
      ["another key", { ...KEY, id: "ASIAOTHER" }, "a token of nobody who may log in"],
      ["another secret", { ...KEY, secret: "guessed" }, "a token with a wrong signature"],
    ])("does not log in with %s", async (_what, key, reason) => {
      signIn(key);
      await expect(byIam().ping()).rejects.toMatchObject({ kind: "unavailable" });
      expect(rds.answers.at(-1)).toBe(`${READER}: ${reason}`);
    });

    it("a token makes nobody the owner", async () => {
      signIn();
      await expect(byIam("owner").ping()).rejects.toMatchObject({ kind: "unavailable" });
    });

    it.each([
      "insert into bitcoin_quotes (price, volume_24h, market_cap, last_updated) values (1, 2, 3, now())",
      "update bitcoin_quotes set price = 0",
      "delete from bitcoin_quotes",
      "truncate bitcoin_quotes",
      "drop table bitcoin_quotes",
      "alter table bitcoin_quotes add column more text",
      "create table mine (id int)",
      "create temporary table mine (id int)",
      "create schema mine",
      "create role mine",
      "set role owner",
      "select * from kysely_migration",
    ])("may not %s, even in a transaction that may write", async (statement) => {
      signIn();
      const tried = byIam().run((db) =>
        db.connection().execute(async (connection) => {
          await sql.raw("set default_transaction_read_only = off").execute(connection);
          await sql.raw(statement).execute(connection);
        }),
      );
      await expect(tried).rejects.toMatchObject({ cause: { code: "42501" } });
    });
  });

  describe("whose secret rotates between two users, as AWS does it", () => {
    const users = new AlternatingUsers({ username: "owner", password: "first" }, asAdministrator);
    let secret: SecretServer;
    beforeAll(async () => {
      secret = await startSecretServer(() => users.login);
    });
    afterAll(() => secret.stop());

    it("is connected to as the new one, by all who use the connections at once, time and again", async () => {
      for (const [name, value] of Object.entries(secret.environment)) vi.stubEnv(name, value);
      const postgres = connectAs({ secretArn: "arn:secret" }, { ...PATIENT, connections: 3 });
      const quotes = new Quotes(postgres);
      await quotes.latest(BITCOIN);
      for (let round = 1; round <= 3; round++) {
        const before = secret.reads;
        await users.rotate();
        // The pool notices a broken connection a moment later.
        const ask = () => quotes.latest(BITCOIN).then(() => "answered", String);
        await expect.poll(ask).toBe("answered");
        expect(await Promise.all(Array.from({ length: 6 }, ask))).toEqual(
          Array.from({ length: 6 }, () => "answered"),
        );
        const { rows } = await postgres.run((db) =>
          sql<{ who: string }>`select session_user as who`.execute(db),
        );
        expect(rows).toEqual([{ who: users.login.username }]);
        expect(secret.reads).toBe(before + 1);
      }
    });

    it("is brought up to date by either", async () => {
      await connectAs(users.login).migrate();
    });
  });
});
