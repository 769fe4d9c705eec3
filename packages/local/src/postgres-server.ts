import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import getPort from "get-port";
import type { LocalPostgres } from "./postgres.ts";

/** Where Debian keeps the versions of Postgres. */
const VERSIONS = "/usr/lib/postgresql";

/** A Postgres server that can be taken away and brought back, for tests of what happens then. */
export interface PostgresServer extends LocalPostgres {
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it at once, as a crash would: connections break, what was committed stays. */
  crash(): Promise<void>;
  /** Stops its processes where they are, so that it takes connections and answers nothing. */
  freeze(): void;
  /** Lets them go on. */
  thaw(): void;
}

/**
 * Folder of the newest Postgres server that is installed, or the one that `POSTGRES_BIN` names;
 * `undefined` when there is none.
 */
export function findPostgresServer(): string | undefined {
  const named = process.env.POSTGRES_BIN;
  if (named) return existsSync(join(named, "postgres")) ? named : undefined;
  if (!existsSync(VERSIONS)) return undefined;
  const versions = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(VERSIONS, version, "bin"))
    .find((folder) => existsSync(join(folder, "postgres")));
}

export interface PostgresServerOptions {
  /** Lines for `postgresql.conf`, by name. */
  settings?: Record<string, string>;
}

/**
 * Starts an empty Postgres server on a free port, with its data in a temporary folder that is removed
 * when it stops. Postgres refuses to run as root; it is then run as the user `postgres`.
 *
 * @throws when none is installed
 * @example
 * ```ts
 * const server = await startPostgresServer();
 * await server.crash();
 * await server.start();
 * await server.stop();
 * ```
 */
export async function startPostgresServer({
  settings = {},
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const bin = findPostgresServer();
  if (!bin)
    throw new Error(`There is no Postgres server: install postgresql, or set POSTGRES_BIN.`);
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  const folder = mkdtempSync(join(tmpdir(), "steadfast-postgres-"));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
  await promisify(execFile)(join(bin, "initdb"), initdb, { ...user, cwd: folder });
  const port = await getPort({ host: "127.0.0.1" });
  const options = { listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings };
  const args = Object.entries({ ...options, port: `${port}` }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (!child) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    child = undefined;
  };
  const kill = () => void child?.kill("SIGQUIT");
  process.once("exit", kill);
  const server: PostgresServer = {
    host: "127.0.0.1",
    port,
    database: "postgres",
    username: "postgres",
    password: "postgres",
    async start() {
      // In a process group of its own: Ctrl-C must reach its clients first.
      child = spawn(join(bin, "postgres"), ["-D", data, ...args], {
        ...user,
        cwd: folder,
        detached: true,
        stdio: ["ignore", "ignore", "pipe"],
      });
      await listening(child);
    },
    crash: () => end("SIGQUIT"),
    freeze: () => signalFamily(child, "SIGSTOP"),
    thaw: () => signalFamily(child, "SIGCONT"),
    async stop() {
      await end("SIGINT");
      process.off("exit", kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Waits until the server says that it takes connections. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (output.includes("ready to accept connections")) return;
      output += text;
      if (output.includes("ready to accept connections")) resolve();
    });
    child.once("close", () => reject(new Error(`Postgres did not start: ${output.trim()}`)));
  });
}

/** Signals the server's first process and those that serve its connections. */
function signalFamily(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (!child?.pid) return;
  const family = execFileSync("ps", ["-o", "pid=", "--ppid", `${child.pid}`], { encoding: "utf8" });
  for (const pid of [child.pid, ...family.trim().split(/\s+/).map(Number)])
    process.kill(pid, signal);
}
