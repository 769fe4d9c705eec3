/** Processes that are held to a share of this machine, by Linux's control groups of either version. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Share {
  /** vCPUs, such as 0.2. */
  vcpus: number;
  memoryMib: number;
}

/**
 * Microseconds after which CPU time is given out again. Short, since whoever has used up theirs stands
 * still until then; AWS does not say how it throttles.
 */
const PERIOD = 10_000;

const ROOT = "/sys/fs/cgroup";

/** Why this machine cannot; nothing where it can. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return "only Linux has control groups";
  if (process.getuid?.() !== 0) return "making a control group needs root";
  return undefined;
}

/** A control group of its own, below the root. */
export class Cgroup {
  readonly #folders: readonly string[];
  readonly #version: 1 | 2;

  private constructor(folders: readonly string[], version: 1 | 2) {
    this.#folders = folders;
    this.#version = version;
  }

  static async create(name: string, { vcpus, memoryMib }: Share): Promise<Cgroup> {
    const version = existsSync(join(ROOT, "cgroup.controllers")) ? 2 : 1;
    const parents = version === 2 ? [""] : ["cpu", "cpuacct", "memory"];
    // Where controllers are mounted together, one folder is several.
    const folders = parents.map((parent) => join(ROOT, parent, name));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    const group = new Cgroup(folders, version);
    if (version === 2) await writeFile(join(ROOT, "cgroup.subtree_control"), "+cpu +memory");
    const memory = String(memoryMib * 2 ** 20);
    await group.#write(version === 2 ? "memory.max" : "memory.limit_in_bytes", memory);
    // The quota is to be all that limits it, whatever else the machine does.
    if (version === 2) await group.#write("cpu.weight", "10000");
    else await group.#write("cpu.shares", "262144");
    await group.hold(vcpus);
    return group;
  }

  /** Sets how much CPU time it gets. */
  async hold(vcpus: number): Promise<void> {
    const quota = Math.round(vcpus * PERIOD);
    if (this.#version === 2) return this.#write("cpu.max", `${quota} ${PERIOD}`);
    await this.#write("cpu.cfs_period_us", String(PERIOD));
    await this.#write("cpu.cfs_quota_us", String(quota));
  }

  /** A command that joins the group before it becomes another. */
  command(args: readonly string[]): [command: string, args: string[]] {
    const join = this.#folders.map((folder) => `echo $$ >'${folder}/cgroup.procs'`);
    // A socket that is passed on names the process that it is for.
    const script = `${join.join(" && ")} && LISTEN_PID=$$ exec "$@"`;
    return ["/bin/sh", ["-c", script, "sh", ...args]];
  }

  /** CPU time of all its processes so far, in seconds. */
  async cpu(): Promise<number> {
    if (this.#version === 1) return Number(await this.#read("cpuacct.usage")) / 1e9;
    const [, used] = /^usage_usec (\d+)/m.exec(await this.#read("cpu.stat")) ?? [];
    return Number(used) / 1e6;
  }

  /** Removes it, once the processes in it have ended. */
  async remove(): Promise<void> {
    for (const folder of this.#folders) {
      // The kernel takes a moment to forget those that were killed.
      for (let tries = 0; existsSync(folder); tries++) {
        await rmdir(folder).catch((error) => {
          if (tries >= 100) throw error;
        });
        await sleep(20);
      }
    }
  }

  #write(file: string, text: string): Promise<void> {
    return writeFile(this.#file(file), text);
  }

  #read(file: string): Promise<string> {
    return readFile(this.#file(file), "utf8");
  }

  #file(name: string): string {
    const file = this.#folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (file) return file;
    throw new Error(`This kernel's control groups have no ${name}.`);
  }
}
