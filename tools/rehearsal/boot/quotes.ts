/** What replaces RDS, Secrets Manager and CoinMarketCap for the collector's machine. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Postgres, type Quote, Quotes } from "@steadfast/core/quotes";
import {
  AlternatingUsers,
  findPostgresServer,
  type PostgresServer,
  STAND_IN_KEY,
  type StandIn,
  startPostgresServer,
  startRdsLogin,
  startStandIn,
} from "@steadfast/local";
import type { Cloud } from "../checks/cloud.ts";
import { present } from "../checks/expect.ts";
import { ROLE_SECRET } from "./machine.ts";

const run = promisify(execFile);

/** Port of the gateway where machines find the CoinMarketCap stand-in. */
const MARKET_PORT = 8080;

/** The deployed link `Postgres`. */
export interface PostgresLink {
  host: string;
  port: number;
  database: string;
  secretArn: string;
  /** The read-only role, which the collector creates. */
  reader: string;
}

/** Postgres and the market, and how machines reach them. */
export interface QuotesBackend {
  server: PostgresServer;
  market: StandIn;
  /** Its self-signed certificate in PEM, also its authority. */
  certificate: string;
  /** Port of a machine's gateway for the database, with this host's port behind it. */
  way: Record<number, number>;
  /** The same for everything else that the collector's machine needs. */
  forwards: Record<number, number>;
  /** Environment of a machine, from its gateway's address. */
  environment(gateway: string): Record<string, string>;
  /** Outcomes of log-ins by IAM. */
  readonly logins: readonly string[];
  /** All stored quotes, newest first. */
  stored(): Promise<Quote[]>;
  /**
   * Rotates user name and password, in the database and in its secret, and breaks the connections.
   */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres that behaves like RDS: TLS only, with a certificate for the link's host name;
 * the password of the link's secret, or an IAM token for the read-only role.
 *
 * @param readers Group whose instances' role may read.
 */
export async function startQuotes(
  cloud: Cloud,
  link: PostgresLink,
  readers: string,
): Promise<QuotesBackend> {
  const folder = await mkdtemp(join(tmpdir(), "steadfast-quotes-"));
  await run("chmod", ["755", folder]);
  const certificate = await makeCertificate(folder, link.host);
  const iam = await startRdsLogin({
    address: () => `${link.host}:${link.port}`,
    secretOf: (key) => (key === readers ? ROLE_SECRET : undefined),
  });
  const hba = join(folder, "pg_hba.conf");
  await writeFile(
    hba,
    [
      "host all postgres 127.0.0.1/32 trust",
      `hostssl ${link.database} ${link.reader} 127.0.0.1/32 ${iam.method}`,
      `hostssl ${link.database} all 127.0.0.1/32 scram-sha-256\n`,
    ].join("\n"),
  );
  const server = await startPostgresServer({
    settings: {
      hba_file: hba,
      ssl: "on",
      ssl_cert_file: join(folder, "server.crt"),
      ssl_key_file: join(folder, "server.key"),
    },
  });
  const sql = (statement: string) => askAsAdministrator(server, statement);
  const { username, password } = await readSecret(cloud, link.secretArn);
  // Like RDS's master: no superuser, but may create roles that log in by IAM.
  await sql(`create role ${username} login createrole password '${password}'`);
  await sql("create role rds_iam");
  await sql(`grant rds_iam to ${username} with admin option`);
  await sql(`create database ${link.database} owner ${username}`);
  const users = new AlternatingUsers({ username, password }, sql);
  const market = await startStandIn();
  const login = { username: server.username, password: server.password };
  const postgres = new Postgres({
    settings: { ...link, host: server.host, port: server.port, credentials: login, tls: false },
  });
  return {
    server,
    market,
    certificate,
    logins: iam.answers,
    way: { [link.port]: server.port },
    forwards: { [MARKET_PORT]: Number(new URL(market.url).port) },
    environment: (gateway) => ({
      CMC_URL: `http://${gateway}:${MARKET_PORT}`,
      CMC_API_KEY: STAND_IN_KEY,
      INTERVAL: "1s",
    }),
    async stored() {
      const bitcoin = { symbol: "BTC", currency: "USD" };
      return (await new Quotes(postgres).list(bitcoin, { limit: 1000 })).quotes;
    },
    rotate: () =>
      users.rotate(async (fresh) => {
        const SecretString = JSON.stringify(fresh);
        await cloud.secrets.putSecretValue({ SecretId: link.secretArn, SecretString });
      }),
    async stop() {
      await postgres.close();
      await market.stop();
      await server.stop();
      await iam.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A self-signed certificate for a name, with a key that only Postgres can read. */
async function makeCertificate(folder: string, host: string): Promise<string> {
  const [key, file] = [join(folder, "server.key"), join(folder, "server.crt")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const name = ["-subj", "/CN=rehearsal", "-addext", `subjectAltName=DNS:${host}`];
  await run("openssl", [
    "req",
    "-x509",
    "-days",
    "2",
    ...curve,
    ...name,
    "-keyout",
    key,
    "-out",
    file,
  ]);
  await run("chmod", ["600", key]);
  await run("chown", ["postgres:", key, file]);
  return readFile(file, "utf8");
}

async function askAsAdministrator({ host, port }: PostgresServer, statement: string) {
  const psql = join(present(findPostgresServer(), "a Postgres server"), "psql");
  const place = ["--host", host, "--port", String(port), "--username", "postgres"];
  await run(psql, [...place, "--quiet", "--set", "ON_ERROR_STOP=1", "--command", statement]);
}

async function readSecret(cloud: Cloud, SecretId: string) {
  const { SecretString } = await cloud.secrets.getSecretValue({ SecretId });
  const secret: { username: string; password: string } = JSON.parse(
    present(SecretString, "the secret's value"),
  );
  // Quoted in SQL above; RDS's passwords contain neither.
  if (/['\\]/.test(secret.password)) throw new Error("the secret's password has a quote in it");
  return secret;
}
