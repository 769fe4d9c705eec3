/** What builds images on this machine: Docker where its daemon answers, else Podman, else Buildah. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { ImageConfig } from "./config.ts";
import type { ImageSource } from "./source.ts";

const run = promisify(execFile);

/** A build says a lot. */
const LIMITS = { maxBuffer: 64 * 1024 * 1024 };

/** The engines, in the order in which they are asked for. */
const NAMES = ["docker", "podman", "buildah"] as const;

/** What an image is made of. */
export interface Unpacked {
  /** Tar archive of the whole root file system. */
  file: string;
  config: ImageConfig;
}

export class Engine {
  readonly name: (typeof NAMES)[number];

  private constructor(name: Engine["name"]) {
    this.name = name;
  }

  /** @throws when there is none, with what to install */
  static async find(): Promise<Engine> {
    for (const name of NAMES) {
      // Docker's client may be there without its daemon.
      const asked = name === "docker" ? ["info"] : ["images"];
      const works = await run(name, asked, LIMITS).then(
        () => true,
        () => false,
      );
      if (works) return new Engine(name);
    }
    throw new Error(
      'an "image" is built on this machine, and neither Docker, Podman nor Buildah answers; install one, or start Docker',
    );
  }

  /**
   * Builds or pulls an image and writes its root file system to a file.
   *
   * @param platform e.g. `linux/arm64`
   * @throws with what the engine said last
   */
  async unpack(source: ImageSource, platform: string, file: string): Promise<Unpacked> {
    const image = await this.#get(source, platform);
    const config = await this.#inspect(image);
    const built = `linux/${config.architecture}`;
    if (built !== platform)
      throw new Error(`the image is for ${built}, and the instances are ${platform}`);
    await this.#export(image, file);
    return { file, config };
  }

  /** @returns the image's id */
  async #get(source: ImageSource, platform: string): Promise<string> {
    if (typeof source === "string") {
      // Without a registry it may still be here, built on this machine.
      await this.#run("pull", "--platform", platform, source).catch(async (error) => {
        await this.#inspect(source).catch(() => {
          throw error;
        });
      });
      return source;
    }
    const { context, dockerfile = "Dockerfile", args = {}, target } = source;
    const { stdout } = await this.#run(
      "build",
      ...(this.name === "docker" ? [] : podmanFlags(args)),
      ...["--quiet", "--platform", platform, "--file", resolve(context, dockerfile)],
      ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      ...(target ? ["--target", target] : []),
      context,
    );
    return stdout.trim().split("\n").at(-1) as string;
  }

  async #inspect(image: string): Promise<ImageConfig> {
    if (this.name === "buildah") {
      const { stdout } = await this.#run("inspect", "--type", "image", image);
      const { architecture, config } = JSON.parse(stdout).Docker;
      return { architecture, ...config };
    }
    const { stdout } = await this.#run("image", "inspect", image);
    const [{ Architecture, Config }] = JSON.parse(stdout);
    return { architecture: Architecture, ...Config };
  }

  /** A container that is never started has the image's files in one place. */
  async #export(image: string, file: string): Promise<void> {
    if (this.name === "buildah") {
      const { stdout } = await this.#run("from", image);
      const container = stdout.trim();
      try {
        await this.#mounted(container, file);
      } finally {
        await this.#run("rm", container);
      }
      return;
    }
    // The command is for images that name none; it does not run.
    const { stdout } = await this.#run("create", image, "true");
    try {
      await this.#run("export", "--output", file, stdout.trim());
    } finally {
      await this.#run("rm", "--force", stdout.trim());
    }
  }

  /** Whoever is not root sees a container's files in a user namespace of their own. */
  async #mounted(container: string, file: string): Promise<void> {
    const script = 'cd "$(buildah mount "$1")" && tar --create --numeric-owner --sort=name .';
    const shell = ["sh", "-ec", script, "sh", container];
    const [command = "", ...rest] =
      process.getuid?.() === 0 ? shell : ["buildah", "unshare", ...shell];
    const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const ended = once(child, "close");
    await pipeline(child.stdout, createWriteStream(file));
    const [code] = await ended;
    if (code !== 0) throw new Error(`the image's files cannot be read: ${said.trim()}`);
  }

  #run(...args: string[]): Promise<{ stdout: string }> {
    return run(this.name, args, LIMITS).catch((error) => {
      const said = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim().split("\n").slice(-5);
      throw new Error(`${this.name} ${args[0]}: ${said.join("\n") || error.message}`);
    });
  }
}

/**
 * Podman and Buildah have other defaults than Docker: a format without stop signals, and no cache.
 * Their cache (Buildah 1.28) does not see that an argument of `ENV` has another value, so it is
 * left out where there are arguments.
 */
function podmanFlags(args: Record<string, string>): string[] {
  return ["--format", "docker", `--layers=${Object.keys(args).length === 0}`];
}
