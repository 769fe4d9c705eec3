/** What an instance runs of a container image: its files as an archive, and how to run them. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Archive, adopt } from "../artifact/archive.ts";
import type { Arch } from "../artifact/runtime.ts";
import { type ImageProgram, readProgram } from "./config.ts";
import { Engine } from "./engine.ts";
import { normalise } from "./root-tar.ts";
import type { ImageSource } from "./source.ts";

/** An image as instances run it. */
export interface BuiltImage {
  /** The root file system. */
  app: Archive;
  program: ImageProgram;
  /** Whether the image brings the authorities that HTTPS needs; else the instance lends its own. */
  hasAuthorities: boolean;
}

/** What container engines call our architectures. */
const PLATFORMS: Record<Arch, string> = { arm64: "linux/arm64", x64: "linux/amd64" };

/**
 * Builds or pulls an image with what this machine has, and packs its files.
 *
 * The same files give the same archive: its name changes when the image's content does and not when it is
 * built again, as far as its Dockerfile's commands write the same.
 *
 * @throws when there is no engine, when the build fails, or when the image cannot run on an instance
 */
export async function buildImage(args: {
  service: string;
  source: ImageSource;
  /** Instead of the image's `CMD`. */
  command?: readonly string[];
  arch: Arch;
  /** Folder that contexts are relative to. */
  root: string;
  out: string;
}): Promise<BuiltImage> {
  const { service, source, command, arch, root, out } = args;
  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), `${service}-image-`));
  try {
    const engine = await Engine.find();
    const placed =
      typeof source === "string" ? source : { ...source, context: resolve(root, source.context) };
    const { file, config } = await engine.unpack(placed, PLATFORMS[arch], join(folder, "root.tar"));
    const partial = join(out, `.app-${service}-${process.pid}.tar.gz`);
    const { accounts, hasAuthorities } = await normalise(file, partial);
    const program = readProgram(config, accounts, command);
    return { app: await adopt(partial, { name: `app-${service}`, out }), program, hasAuthorities };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
