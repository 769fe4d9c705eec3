/** What systemd does for the processes of a service: a socket, an environment, SIGTERM. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join, resolve } from "node:path";

export interface Program {
  /** The file, below `test/programs`, or an absolute path. */
  file: string;
  /** The preload. */
  preload: string;
  environment?: Record<string, string>;
  /** Whether systemd passes its socket. */
  socket?: boolean;
  cwd?: string;
}

interface Handle {
  fd: number;
  close(): void;
}

const PROGRAMS = join(import.meta.dirname, "../programs");

/** A bound socket and the processes on it. */
export class Unit {
  readonly port: number;
  readonly #handle: Handle;
  readonly #running: Running[] = [];

  private constructor(port: number, handle: Handle) {
    this.port = port;
    this.#handle = handle;
  }

  static async create(): Promise<Unit> {
    const { port, handle } = await bind();
    return new Unit(port, handle);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  start({ file, preload, environment, socket = true, cwd }: Program): Running {
    // A shell knows the process's id before the program does; so does systemd.
    const fds = socket ? "LISTEN_PID=$$ LISTEN_FDS=1" : "";
    const command = `export SYSTEMD_EXEC_PID=$$ ${fds}; exec "$@"`;
    const node = [process.execPath, "--import", preload, resolve(PROGRAMS, file)];
    const child = spawn("sh", ["-c", command, "sh", ...node], {
      stdio: ["ignore", "pipe", "pipe", socket ? this.#handle.fd : "ignore"],
      ...(cwd && { cwd }),
      env: {
        PATH: process.env.PATH,
        PORT: String(this.port),
        NODE_ENV: "production",
        DRAIN_SECONDS: "1",
        SHUTDOWN_SECONDS: "10",
        ...environment,
      },
    });
    const running = new Running(child);
    this.#running.push(running);
    return running;
  }

  /** Ends what still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#running) child.kill("SIGKILL");
    await Promise.all(this.#running.map(({ ended }) => ended));
    this.#handle.close();
  }
}

/** A process of the service. */
export class Running {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>;
  output = "";

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    this.ended = once(child, "close").then(([code, signal]) => code ?? signal);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** As systemd stops it. */
  stop(): Promise<number | string> {
    this.child.kill("SIGTERM");
    return this.ended;
  }
}

/** A socket on a free port that does not listen yet: the first program sees to that. */
async function bind(): Promise<{ port: number; handle: Handle }> {
  const probe: Server = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  const { _createServerHandle: create } = (await import("node:net")) as unknown as {
    _createServerHandle(address: string, port: number, family: 4): Handle | number;
  };
  const handle = create("127.0.0.1", port, 4);
  if (typeof handle === "number") throw new Error(`port ${port} cannot be bound: ${handle}`);
  return { port, handle };
}
