import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PostgresSettings } from "@steadfast/core/quotes";
import getPort from "get-port";
import which from "which";

/** Whether PgBouncer is installed. */
export const hasPgBouncer = which.sync("pgbouncer", { nothrow: true }) !== null;

/** A PgBouncer with its defaults except for transaction pooling, before a local server. */
export async function startPgBouncer(
  server: PostgresSettings,
): Promise<{ settings: PostgresSettings; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-pgbouncer-"));
  chmodSync(folder, 0o755);
  const port = await getPort({ host: "127.0.0.1" });
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(
    config,
    `[databases]
* = host=127.0.0.1 port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
`,
  );
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ids("postgres") : {};
  const child = spawn("pgbouncer", [config], { ...user, stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => line.includes("process up") && resolve());
    exited.then(() => reject(new Error("PgBouncer did not start")), reject);
  });
  return {
    settings: { ...server, port },
    async stop() {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

function ids(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
