import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** How a process group is asked to end, and when it is killed. */
export interface Ending {
  signal: NodeJS.Signals;
  seconds: number;
}

const AT_ONCE: Ending = { signal: "SIGTERM", seconds: 10 };

export interface CommandOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** File for the output, both streams. */
  log: string;
}

/** A command that exited with another code than 0. */
export class CommandFailed extends Error {
  readonly output: string;

  constructor(command: string, code: string, output: string) {
    super(`${command} ended with ${code}`);
    this.name = "CommandFailed";
    this.output = output;
  }
}

/**
 * The processes that this run started, each leading its own group: ending it ends its children, too,
 * and Ctrl-C reaches only this script, which then ends them in order.
 */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  readonly #interrupted: AbortSignal;
  readonly #ending: Ending;

  /**
   * @param interrupted ends everything when it aborts
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
    // A command that cannot be started emits "error" and counts as ended.
    child.once("error", () => this.#running.delete(child));
    child.once("exit", () => this.#running.delete(child));
    return child;
  }

  /**
   * Runs a command to its end and returns its output.
   *
   * @throws CommandFailed for another exit code than 0
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

  /** Ends a process group; kills it when it takes too long. */
  async stop(child: ChildProcess): Promise<void> {
    if (child.pid === undefined) return;
    await stopGroup(child.pid, this.#ending);
    this.#running.delete(child);
  }

  /** Lets a process outlive this run. */
  release(child: ChildProcess): void {
    this.#running.delete(child);
    child.unref();
  }

  /** Ends whatever still runs, latest first. */
  async stopAll(): Promise<void> {
    for (const child of [...this.#running].reverse()) await this.stop(child);
  }
}

/** Asks a process group to end, waits, and finally kills it. */
export async function stopGroup(leader: number, { signal, seconds } = AT_ONCE): Promise<void> {
  signalGroup(leader, signal);
  for (let waited = 0; waited < seconds; waited += 0.1) {
    if (!(await isGroupAlive(leader))) return;
    await sleep(100);
  }
  signalGroup(leader, "SIGKILL");
}

/**
 * Whether a process of the group runs. A finished process counts as alive for the kernel until its
 * parent reads the exit code, which in a container without an init may be never.
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

/** @returns whether the group had a process to signal */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
