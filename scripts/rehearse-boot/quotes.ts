/** What the collector's machine meets instead of RDS, Secrets Manager and CoinMarketCap. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Postgres, type Quote, Quotes } from "@steadfast/core/quotes";
import {
  findPostgresServer,
  type PostgresServer,
  STAND_IN_KEY,
  type StandIn,
  startPostgresServer,
  startStandIn,
} from "@steadfast/local";
import type { Cloud } from "../../test/rehearsal/cloud.ts";
import { present } from "../../test/rehearsal/expect.ts";
import { AlternatingUsers } from "../../test/support/alternating-users.ts";
import { startRdsLogin } from "../../test/support/rds-login.ts";
import { ROLE_SECRET } from "./machine.ts";

const run = promisify(execFile);

/** Where the machine finds the stand-in of CoinMarketCap, on its gateway. */
const MARKET_PORT = 8080;

/** The link `Postgres` as the deploy made it. */
export interface PostgresLink {
  host: string;
  port: number;
  database: string;
  secretArn: string;
  /** The role that may read, which the collector makes. */
  reader: string;
}

/** Postgres and the market, and how a machine reaches them. */
export interface QuotesBackend {
  server: PostgresServer;
  market: StandIn;
  /** Its certificate, which is its own authority, in PEM. */
  certificate: string;
  /** Port of a machine's gateway that leads to the database, with the port of this host behind it. */
  way: Record<number, number>;
  /** The same for what else the collector's machine meets. */
  forwards: Record<number, number>;
  /** Variables for the machine, by the address of its gateway. */
  environment(gateway: string): Record<string, string>;
  /** What was said to those who wanted to log in by IAM. */
  readonly logins: readonly string[];
  /** Everything that is stored, newest first. */
  stored(): Promise<Quote[]>;
  /** Changes user name and password, in the database and in its secret, and breaks the connections. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres that does what RDS does: it speaks TLS alone, with a certificate for the name in
 * the link, and wants the password that is in the link's secret, or of the role that reads a token of IAM.
 *
 * @param readers The group whose instances' role may read.
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
  // As RDS's master: no superuser, but it may make roles, and let them log in by IAM.
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
        await cloud.secrets.send(
          new PutSecretValueCommand({ SecretId: link.secretArn, SecretString }),
        );
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

/** A certificate for a name, signed by itself, with a key that Postgres alone can read. */
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
  const { SecretString } = await cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
  const secret: { username: string; password: string } = JSON.parse(
    present(SecretString, "the secret's value"),
  );
  // Quoted in SQL above; RDS's passwords have neither.
  if (/['\\]/.test(secret.password)) throw new Error("the secret's password has a quote in it");
  return secret;
}
