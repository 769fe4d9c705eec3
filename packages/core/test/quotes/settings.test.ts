import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type PostgresLink, readPostgresSettings } from "@steadfast/core/quotes";
import { describe, expect, it } from "vitest";

const VARIABLES = { DB_HOST: "db.example", DB_USER: "ada", DB_PASS: "secret", DB_NAME: "quotes" };

describe("the variables", () => {
  it("say where Postgres is, whose certificate is then checked against Amazon's authorities", () => {
    const settings = readPostgresSettings({ ...VARIABLES, DB_PORT: "5433" });
    expect(settings).toMatchObject({
      host: "db.example",
      port: 5433,
      database: "quotes",
      credentials: { username: "ada", password: "secret" },
      tls: { host: "db.example", rejectUnauthorized: true },
    });
    const { ca } = (settings?.tls || {}) as { ca: string[] };
    expect(ca.length).toBeGreaterThan(90);
    expect(ca.every((authority) => authority.startsWith("-----BEGIN CERTIFICATE-----"))).toBe(true);
  });

  it("mean port 5432, and no TLS on this machine, unless they say otherwise", () => {
    const local = { ...VARIABLES, DB_HOST: "127.0.0.1" };
    expect(readPostgresSettings(local)).toMatchObject({ port: 5432, tls: false });
    expect(readPostgresSettings({ ...local, DB_TLS: "verify" })?.tls).toBeTruthy();
    expect(readPostgresSettings({ ...VARIABLES, DB_TLS: "off" })?.tls).toBe(false);
  });

  it.each([
    [
      { DB_HOST: "db.example", DB_USER: "ada" },
      "Wrong configuration: with DB_HOST, DB_USER, set DB_PASS, DB_NAME, too; with none of them the link is used.",
    ],
    [
      { ...VARIABLES, DB_PORT: "many" },
      "Wrong configuration: DB_PORT is many; it must be from 1 to 65535.",
    ],
    [
      { ...VARIABLES, DB_TLS: "maybe" },
      "Wrong configuration: DB_TLS is maybe; it must be verify or off.",
    ],
  ])("%j are refused with what to set", (env, message) => {
    expect(() => readPostgresSettings(env)).toThrow(message);
  });

  it("name a file of authorities that must be there", () => {
    expect(() => readPostgresSettings({ ...VARIABLES, DB_CA_FILE: "/no/such.pem" })).toThrow(
      /^Wrong configuration: DB_CA_FILE cannot be read: .*ENOENT/,
    );
  });

  it("win over the link; without either there is no database", async () => {
    expect(readPostgresSettings({})).toBeUndefined();
    const link = { host: "linked.example", port: 5432, database: "quotes" };
    expect(await withLink({ ...link, secretArn: "arn:aws:secretsmanager:x" })).toMatchObject({
      host: "linked.example",
      port: 5432,
      credentials: { secretArn: "arn:aws:secretsmanager:x" },
    });
    expect(await withLink({ ...link, username: "ada", password: "p" }, VARIABLES)).toMatchObject({
      host: "db.example",
    });
  });

  it("a reader has a link of its own, with a role of IAM instead of a secret", async () => {
    const link = { host: "linked.example", port: 5432, database: "quotes" };
    const reader = await withLink({ ...link, username: "eve", iam: true }, {}, "PostgresReader");
    expect(reader.credentials).toEqual({ username: "eve", iam: true });
    const owner = await withLink({ ...link, secretArn: "arn:x", reader: "eve" });
    expect(owner).toMatchObject({ credentials: { secretArn: "arn:x" }, reader: "eve" });
  });

  it("a link that lacks something is told with what it must have", async () => {
    await expect(withLink({ host: "linked.example", database: "quotes" })).rejects.toThrow(
      "The link Postgres has no username: it must have host, port, database, and secretArn, or",
    );
  });
});

/** Reads settings in a process with a link, because SST's `Resource` reads links only once. */
async function withLink(
  link: object,
  variables: Record<string, string> = {},
  name: PostgresLink = "Postgres",
) {
  const script = `import { readPostgresSettings } from "@steadfast/core/quotes";
    try { console.info(JSON.stringify({ ...readPostgresSettings(process.env, "${name}"), tls: null })); }
    catch (error) { console.info(JSON.stringify({ error: error.message })); }`;
  const env = { ...process.env, ...variables, [`SST_RESOURCE_${name}`]: JSON.stringify(link) };
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env,
    cwd: import.meta.dirname,
  });
  const value = JSON.parse(stdout);
  if (value.error) throw new Error(value.error);
  return value;
}
