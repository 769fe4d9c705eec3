import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Postgres, type PostgresSettings } from "@steadfast/core/quotes";
import { findPostgresServer, type PostgresServer, startPostgresServer } from "@steadfast/local";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PATIENT, settingsOf } from "../support/quotes-database.ts";

/**
 * An answer comes within a second with timeouts, and never without; the rest is slack for a busy
 * machine.
 */
const SOON = 10_000;

const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
chmodSync(folder, 0o755);
const file = (name: string) => join(folder, name);
const open: Postgres[] = [];

function connect(settings: PostgresSettings, limits: object = PATIENT): Postgres {
  const postgres = new Postgres({ settings, ...limits });
  open.push(postgres);
  return postgres;
}

// What an embedded Postgres lacks: passwords, TLS, outages.
describe.skipIf(!findPostgresServer())("a Postgres server", () => {
  let server: PostgresServer;
  let settings: PostgresSettings;

  beforeAll(async () => {
    makeCertificates();
    const hba = ["host all postgres 127.0.0.1/32 trust", "host all ada 127.0.0.1/32 scram-sha-256"];
    writeFileSync(file("hba.conf"), hba.join("\n"));
    server = await startPostgresServer({
      settings: {
        hba_file: file("hba.conf"),
        ssl: "on",
        ssl_cert_file: file("server.pem"),
        ssl_key_file: file("server.key"),
      },
    });
    settings = settingsOf(server);
    const admin = connect(settings);
    await admin.run((db) => sql`create role ada login password 'first'`.execute(db));
  });
  afterAll(async () => {
    await Promise.all(open.map((postgres) => postgres.close()));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("whose certificate is checked", () => {
    const tls = (host: string, authority: string) => ({
      ca: readFileSync(file(authority), "utf8"),
      host,
      rejectUnauthorized: true,
    });

    it("is talked to in secret when authority and name are right", async () => {
      const postgres = connect({ ...settings, host: "localhost", tls: tls("localhost", "ca.pem") });
      const { rows } = await postgres.run((db) =>
        sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(db),
      );
      expect(rows).toEqual([{ ssl: true }]);
    });

    it.each([
      ["another authority", "localhost", "other.pem", /self.signed|unable to (get|verify)/i],
      ["another name", "127.0.0.1", "ca.pem", /does not match|not in the cert/i],
    ])("is not talked to with %s", async (_what, host, authority, reason) => {
      const postgres = connect({ ...settings, host, tls: tls(host, authority) });
      const error = await postgres.ping().catch((caught) => caught);
      expect(error).toMatchObject({ kind: "unavailable", message: "The database did not answer." });
      expect(error.cause.message).toMatch(reason);
    });
  });

  describe("whose password is in a secret that rotates", () => {
    let password = "first";
    let reads = 0;
    const secrets = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      reads += 1;
      const known = body.SecretId === "arn:secret";
      response.writeHead(known ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
      const SecretString = JSON.stringify({ username: "ada", password });
      response.end(
        JSON.stringify(known ? { SecretString } : { __type: "ResourceNotFoundException" }),
      );
    });
    const withSecret = (secretArn: string) =>
      connect({ ...settings, credentials: { secretArn } }, { ...PATIENT, connections: 2 });

    beforeAll(async () => {
      secrets.listen(0, "127.0.0.1");
      await once(secrets, "listening");
      const { port } = secrets.address() as AddressInfo;
      vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${port}`);
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      secrets.closeAllConnections();
      secrets.close();
    });

    it("is connected to with the new one, without a restart, and the secret is read only then", async () => {
      const postgres = withSecret("arn:secret");
      await postgres.ping();
      await postgres.ping();
      expect(reads).toBe(1);
      const admin = connect(settings);
      password = "second";
      await admin.run((db) => sql`alter role ada password 'second'`.execute(db));
      await admin.run((db) =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ada'`.execute(
          db,
        ),
      );
      // The pool notices the broken connection a moment later.
      await expect.poll(() => outcome(postgres)).toBe("answered");
      expect(reads).toBe(2);
    });

    it("is unavailable while the secret cannot be read, and tried again", async () => {
      const postgres = withSecret("arn:unknown");
      expect(await outcome(postgres)).toBe("unavailable");
      const before = reads;
      expect(await outcome(postgres)).toBe("unavailable");
      expect(reads).toBeGreaterThan(before);
    });
  });

  describe("that goes away", () => {
    it.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
      ["stops", () => server.crash(), () => server.start()],
      ["does not answer", () => server.freeze(), () => server.thaw()],
    ])("because it %s is unavailable soon, and back by itself", async (_how, away, back) => {
      const postgres = connect(settings, {});
      await expect.poll(() => outcome(postgres)).toBe("answered");
      await away();
      for (let i = 0; i < 3; i++) {
        const began = performance.now();
        expect(await outcome(postgres)).toBe("unavailable");
        expect(performance.now() - began).toBeLessThan(SOON);
      }
      await back();
      await expect.poll(() => outcome(postgres)).toBe("answered");
    });

    it("and breaks a connection between two queries, fails the second and not the process", async () => {
      const admin = connect(settings);
      const postgres = connect(settings);
      await expect.poll(() => outcome(admin)).toBe("answered");
      const broken = postgres.run((db) =>
        db.connection().execute(async (connection) => {
          const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
            connection,
          );
          await admin.run((other) =>
            sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(other),
          );
          // Time to notice it while nobody waits for an answer.
          await sleep(200);
          await sql`select 1`.execute(connection);
        }),
      );
      await expect(broken).rejects.toMatchObject({ kind: "unavailable" });
      await expect.poll(() => outcome(postgres)).toBe("answered");
    });

    it("a query that takes too long is given up, and the next one is answered", async () => {
      const impatient = connect(settings, { queryTimeout: 400, connections: 1 });
      await expect.poll(() => outcome(impatient)).toBe("answered");
      const slow = impatient.run((db) => sql`select pg_sleep(60)`.execute(db));
      await expect(slow).rejects.toMatchObject({ kind: "unavailable" });
      await expect.poll(() => outcome(impatient)).toBe("answered");
    });
  });
});

async function outcome(postgres: Postgres): Promise<string> {
  return postgres.ping().then(
    () => "answered",
    ({ kind, message }) => kind ?? message,
  );
}

/** An authority, a certificate of it for `localhost`, and another authority. */
function makeCertificates(): void {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { stdio: "pipe", cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "other"]) {
    openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
      "-subj",
      `/CN=${name}`,
    );
  }
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(file("san"), "subjectAltName=DNS:localhost");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san"];
  openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", ...signed);
  chmodSync(file("server.key"), 0o600);
  // Postgres only accepts a key that it owns.
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", file("server.key")]);
}
