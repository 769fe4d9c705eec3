import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** How a process group is asked to end, and how long it may take before it is ended by force. */
export interface Ending {
  signal: NodeJS.Signals;
  seconds: number;
}

const AT_ONCE: Ending = { signal: "SIGTERM", seconds: 10 };

export interface CommandOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** File that gets the output, both streams. */
  log: string;
}

/** A command that ended with another code than 0. */
export class CommandFailed extends Error {
  readonly output: string;

  constructor(command: string, code: string, output: string) {
    super(`${command} ended with ${code}`);
    this.name = "CommandFailed";
    this.output = output;
  }
}

/**
 * The processes that this run started: each leads a group of its own, so that ending it ends its
 * children too, and Ctrl-C reaches this script alone, which then ends them in order.
 */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  readonly #interrupted: AbortSignal;
  readonly #ending: Ending;

  /**
   * @param interrupted ends whatever runs when it aborts
   * @param ending how that is done
   */
  constructor(interrupted: AbortSignal, ending = AT_ONCE) {
    this.#interrupted = interrupted;
    this.#ending = ending;
    interrupted.addEventListener("abort", () => void this.stopAll(), { once: true });
  }

  /** Starts a command and lets it run. */
  start(command: string, args: string[], { cwd, env, log }: CommandOptions): ChildProcess {
    this.#interrupted.throwIfAborted();
    const file = openSync(log, "w");
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", file, file],
    });
    closeSync(file);
    this.#running.add(child);
    // A command that cannot be started emits "error" and then, for us, counts as ended.
    child.once("error", () => this.#running.delete(child));
    child.once("exit", () => this.#running.delete(child));
    return child;
  }

  /**
   * Runs a command to its end and returns its output.
   *
   * @throws CommandFailed when it ends with another code than 0
   */
  async run(command: string, args: string[], options: CommandOptions): Promise<string> {
    const child = this.start(command, args, options);
    const [code, signal] = await once(child, "exit");
    this.#interrupted.throwIfAborted();
    const output = await readFile(options.log, "utf8");
    if (code === 0) return output;
    const name = [basename(command), ...args].join(" ");
    throw new CommandFailed(name, signal ?? `code ${code}`, output);
  }

  /** Ends a process and its group; by force when it takes too long. */
  async stop(child: ChildProcess): Promise<void> {
    if (child.pid === undefined) return;
    await stopGroup(child.pid, this.#ending);
    this.#running.delete(child);
  }

  /** Lets a process live on when this run ends. */
  release(child: ChildProcess): void {
    this.#running.delete(child);
    child.unref();
  }

  /** Ends whatever still runs, latest first. */
  async stopAll(): Promise<void> {
    for (const child of [...this.#running].reverse()) await this.stop(child);
  }
}

/** Asks a process group to end, waits for that, and uses SIGKILL after a while. */
export async function stopGroup(leader: number, { signal, seconds } = AT_ONCE): Promise<void> {
  signalGroup(leader, signal);
  for (let waited = 0; waited < seconds; waited += 0.1) {
    if (!(await isGroupAlive(leader))) return;
    await sleep(100);
  }
  signalGroup(leader, "SIGKILL");
}

/**
 * Whether a process of the group runs. One that has ended counts as alive for the kernel until its
 * parent asked for its exit code, which in a container without an init may be never.
 */
export async function isGroupAlive(leader: number): Promise<boolean> {
  if (!signalGroup(leader, 0)) return false;
  const listed = await promisify(execFile)("ps", ["-A", "-o", "pgid=,stat="]).catch(
    () => undefined,
  );
  if (!listed) return true;
  const processes = listed.stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return processes.some(([group, state]) => Number(group) === leader && !state?.startsWith("Z"));
}

/** Whether there was a process in the group to send it to. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
