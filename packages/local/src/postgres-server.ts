import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import getPort from "get-port";
import type { LocalPostgres } from "./postgres.ts";

const VERSIONS = "/usr/lib/postgresql";

/** A Postgres server that tests can stop and bring back. */
export interface PostgresServer extends LocalPostgres {
  /** On the same port and data. */
  start(): Promise<void>;
  /** As a crash would: connections break, commits stay. */
  crash(): Promise<void>;
  /** It then accepts connections and answers nothing. */
  freeze(): void;
  thaw(): void;
}

/** Folder of the newest installed server, or of `POSTGRES_BIN`; `undefined` without one. */
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
 * Starts an empty server on a free port, in a temporary folder that is removed when it stops. Root
 * starts it as the user `postgres`.
 * @throws when none is installed
 */
export async function startPostgresServer(
  options: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const bin = findPostgresServer();
  if (!bin)
    throw new Error("There is no Postgres server: install postgresql, or set POSTGRES_BIN.");
  const folder = mkdtempSync(join(tmpdir(), "steadfast-postgres-"));
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const port = await getPort({ host: "127.0.0.1" });
  const server = new Server({ bin, folder, port, user, settings: options.settings ?? {} });
  await server.create();
  await server.start();
  return server;
}

interface ServerOptions {
  bin: string;
  folder: string;
  port: number;
  user: { uid: number; gid: number } | undefined;
  settings: Record<string, string>;
}

class Server implements PostgresServer {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly database = "postgres";
  readonly username = "postgres";
  readonly password = "postgres";
  readonly #options: ServerOptions;
  readonly #kill = () => void this.#child?.kill("SIGQUIT");
  #child: ChildProcess | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.port = options.port;
  }

  get #data(): string {
    return join(this.#options.folder, "data");
  }

  async create(): Promise<void> {
    const { bin, user, folder } = this.#options;
    const args = ["-D", this.#data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
    await promisify(execFile)(join(bin, "initdb"), args, { ...user, cwd: folder });
    // It must not outlive this process, unless that gets a SIGKILL.
    process.once("exit", this.#kill);
  }

  async start(): Promise<void> {
    const { bin, user, folder, settings, port } = this.#options;
    const fixed = { listen_addresses: this.host, unix_socket_directories: "", port: `${port}` };
    const args = Object.entries({ ...settings, ...fixed }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    // In its own process group: Ctrl-C must reach its clients first.
    this.#child = spawn(join(bin, "postgres"), ["-D", this.#data, ...args], {
      ...user,
      cwd: folder,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await listening(this.#child);
  }

  crash(): Promise<void> {
    return this.#end("SIGQUIT");
  }

  freeze(): void {
    signalFamily(this.#child, "SIGSTOP");
  }

  thaw(): void {
    signalFamily(this.#child, "SIGCONT");
  }

  async stop(): Promise<void> {
    await this.#end("SIGINT");
    process.off("exit", this.#kill);
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#child) return;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
    this.#child = undefined;
  }
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

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

/** Signals the server's main process and those of its connections. */
function signalFamily(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (!child?.pid) return;
  const family = execFileSync("ps", ["-o", "pid=", "--ppid", `${child.pid}`], { encoding: "utf8" });
  for (const pid of [child.pid, ...family.trim().split(/\s+/).map(Number)]) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // A connection's process may have ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
