/** Builds and starts images: with Docker if its daemon answers, otherwise with Buildah. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Output is long, and a build takes minutes. */
const LIMITS = { maxBuffer: 64 * 1024 * 1024 };

export interface Engine {
  name: "docker" | "buildah";
  /** Whether the image is available: locally or from its registry. */
  has(image: string): Promise<boolean>;
  /** Builds the `Dockerfile`. @throws with the engine's last output */
  build(image: string, args: Record<string, string>): Promise<void>;
  /** Runs a command in an image and returns its output. */
  ask(image: string, command: string[]): Promise<string>;
  /** Starts an image on this machine's network. */
  start(image: string, environment: Record<string, string>): Promise<Container>;
}

/** A running image. */
export interface Container {
  /** Its output so far. */
  readonly output: string;
  /** Sends SIGTERM and waits. @returns the exit code of its process 1 */
  stop(): Promise<number>;
}

/** This machine's engine; `undefined` without a working one. */
export async function findEngine(): Promise<Engine | undefined> {
  if (await works("docker", ["info"])) return docker;
  return (await works("buildah", ["images"])) ? buildah : undefined;
}

async function works(command: string, args: string[]): Promise<boolean> {
  return run(command, args, LIMITS).then(
    () => true,
    () => false,
  );
}

/** Build flags that both engines understand. */
function buildFlags(image: string, args: Record<string, string>): string[] {
  const pairs = Object.entries(args).flatMap(([name, value]) => [
    "--build-arg",
    `${name}=${value}`,
  ]);
  return [...pairs, "--tag", image, "."];
}

function variables(environment: Record<string, string>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

async function build(
  command: string,
  flags: string[],
  image: string,
  args: Record<string, string>,
): Promise<void> {
  await run(command, ["build", ...flags, ...buildFlags(image, args)], LIMITS).catch((error) => {
    const said = `${error.stdout}${error.stderr}`.trim().split("\n").slice(-5).join("\n");
    throw new Error(`${image} cannot be built: ${said || error.message}`);
  });
}

/** Follows the process that is, or stands for, an image's process 1. */
function follow(child: ChildProcess, stop: () => Promise<number>): Container {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return {
    get output() {
      return output;
    },
    stop,
  };
}

const docker: Engine = {
  name: "docker",
  has: async (image) =>
    (await works("docker", ["image", "inspect", image])) || works("docker", ["pull", image]),
  build: (image, args) => build("docker", [], image, args),
  async ask(image, command) {
    return (await run("docker", ["run", "--rm", image, ...command], LIMITS)).stdout.trim();
  },
  async start(image, environment) {
    const confined = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    const flags = ["--detach", "--network", "host", ...confined, ...variables(environment)];
    const id = (await run("docker", ["run", ...flags, image], LIMITS)).stdout.trim();
    const child = spawn("docker", ["logs", "--follow", id]);
    return follow(child, async () => {
      await run("docker", ["stop", "--time", "30", id]);
      const { stdout } = await run("docker", ["inspect", "--format", "{{.State.ExitCode}}", id]);
      await run("docker", ["rm", "--force", id]);
      return Number(stdout);
    });
  },
};

const buildah: Engine = {
  name: "buildah",
  has: async (image) =>
    (await works("buildah", ["inspect", "--type", "image", image])) ||
    works("buildah", ["pull", image]),
  // The other format has no health checks; layers are cached for the next service.
  build: (image, args) => build("buildah", ["--format", "docker", "--layers"], image, args),
  async ask(image, command) {
    const name = await from(image);
    try {
      return (await run("buildah", ["run", name, "--", ...command], LIMITS)).stdout.trim();
    } finally {
      await run("buildah", ["rm", name]);
    }
  },
  async start(image, environment) {
    const name = await from(image);
    const { stdout } = await run("buildah", ["inspect", name], LIMITS);
    const command: string[] = JSON.parse(stdout).OCIv1.config.Cmd;
    const flags = ["run", "--network", "host", ...variables(environment), name, "--"];
    const child = spawn("buildah", [...flags, ...command]);
    const exited = once(child, "exit");
    return follow(child, async () => {
      // Buildah exits without passing the signal on.
      process.kill(await lastDescendant(child.pid as number), "SIGTERM");
      const [code] = await exited;
      await run("buildah", ["rm", name]);
      return code ?? 1;
    });
  },
};

/** The last process in the chain of children. */
async function lastDescendant(pid: number): Promise<number> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
  const children = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([child = 0, parent = 0]) => [parent, child]),
  );
  let last = pid;
  for (let next = children.get(pid); next; next = children.get(next)) last = next;
  return last;
}

/** Creates a container from an image. */
async function from(image: string): Promise<string> {
  return (await run("buildah", ["from", image], LIMITS)).stdout.trim();
}
