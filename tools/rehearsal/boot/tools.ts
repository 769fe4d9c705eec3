import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { root } from "../../common/root.ts";

/** A command of the tools, or one on a machine, that failed. */
export class ToolFailed extends Error {
  readonly output: string;

  constructor(command: string, output: string) {
    const last = output.trim().split("\n").at(-1) ?? "";
    super(`${command}: ${last.slice(0, 500)}`);
    this.name = "ToolFailed";
    this.output = output;
  }
}

/** Commands that boot machines and balance between them: the folder `boot` of the tools. */
export class Tools {
  readonly folder: string;
  readonly #interrupted: AbortSignal;

  /** @param interrupted ends running commands when it aborts */
  constructor(folder: string, interrupted: AbortSignal) {
    this.folder = folder;
    this.#interrupted = interrupted;
  }

  /** The same commands, immune to interruption: for clean-up. */
  get undisturbed(): Tools {
    return new Tools(this.folder, new AbortController().signal);
  }

  /**
   * Runs a command and returns its standard output.
   *
   * @param env Variables added to this process's.
   * @throws ToolFailed
   */
  run(
    command: "instance" | "balancer" | "install.sh",
    args: string[] = [],
    input = "",
    env: NodeJS.ProcessEnv = {},
  ) {
    this.#interrupted.throwIfAborted();
    return new Promise<string>((done, failed) => {
      const child = execFile(
        join(this.folder, command),
        args,
        {
          maxBuffer: 256 * 1024 * 1024,
          signal: this.#interrupted,
          env: { ...process.env, ...env },
        },
        (error, stdout, stderr) => {
          if (this.#interrupted.aborted) failed(this.#interrupted.reason);
          else if (error) failed(new ToolFailed([command, ...args].join(" "), stdout + stderr));
          else done(stdout);
        },
      );
      // A command that ends without reading its input is fine.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }

  /** {@link run}, for commands with JSON output. */
  async json<Answer>(command: "instance" | "balancer", ...args: string[]): Promise<Answer> {
    return JSON.parse(await this.run(command, args));
  }
}

/** The tools' folder: `../shared/boot`, or `REHEARSAL_TOOLS`, which may also be its parent. */
export function findTools(): string | undefined {
  const named = resolve(root, process.env.REHEARSAL_TOOLS || "../shared/boot");
  return [named, join(named, "boot"), resolve(named, "../boot")].find((folder) =>
    existsSync(join(folder, "instance")),
  );
}

/** Why this machine cannot boot others, in a few words; undefined if it can. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  if (!findTools()) {
    const place = process.env.REHEARSAL_TOOLS || relative(root, resolve(root, "../shared/boot"));
    return `the tools that boot machines are not in ${place}; REHEARSAL_TOOLS may name their folder`;
  }
  if (!/\scgroup2\s/.test(readFileSync("/proc/mounts", "utf8"))) return "it needs cgroup2";
  if (!/\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) return "it needs overlayfs";
  try {
    execFileSync("unshare", ["--mount", "--net", "--pid", "--fork", "true"], { stdio: "ignore" });
  } catch {
    return "it may not make namespaces";
  }
  return undefined;
}
