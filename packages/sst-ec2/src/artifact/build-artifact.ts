/**
 * Builds the archives. SST's builder bundles programs as it bundles functions; packing runs in
 * another process, because SST's program is a single bundled file in which a package cannot find its
 * files.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import type { BuiltImage } from "../image/image.ts";
import type { ImageSource } from "../image/source.ts";
import type { Architecture } from "../service/instance-type.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import type { Archive } from "./archive.ts";
import { NoBuilder, runtimeBuild } from "./runtime-build.ts";

/** How SST's builder bundles a program: the same as `nodejs` of `sst.aws.Function`. */
export type NodejsArgs = NonNullable<sst.aws.FunctionArgs["nodejs"]>;

/** A program, and how it is bundled. */
export interface Entry {
  /** The service's name. */
  name: string;
  /** The program, relative to the app's root. */
  entry: string;
  architecture: Architecture;
  nodejs?: NodejsArgs | undefined;
  hook?: { postbuild?(folder: string): Promise<void> } | undefined;
}

/**
 * Bundles a program.
 *
 * @returns The folder, with `server.mjs` and the preload that makes the program fit for an instance.
 * @throws What the bundler said.
 */
export async function bundleEntry(args: Entry): Promise<string> {
  const folder = await built(args);
  await child("dress", { folder, root: $cli.paths.root });
  await args.hook?.postbuild?.(folder);
  return folder;
}

async function built({ name, entry, architecture, nodejs = {} }: Entry): Promise<string> {
  try {
    return await runtimeBuild({ name, entry, architecture, nodejs });
  } catch (error) {
    if (!(error instanceof NoBuilder)) throw failed(name, error);
  }
  const { folder } = await child<{ folder: string }>("bundle", {
    ...{ name, entry, nodejs },
    root: $cli.paths.root,
    out: outFolder(),
  }).catch((error) => {
    throw failed(name, error);
  });
  return folder;
}

function failed(name: string, error: unknown): ArgumentError {
  return new ArgumentError(`"entry" of "${name}" cannot be built: ${(error as Error).message}`);
}

/**
 * Packs a folder, which is relative to the app's root or absolute.
 *
 * @param preload Whether it needs what makes an unmodified program fit for an instance.
 */
export function packFolder(name: string, folder: string, preload = false): Promise<Archive> {
  const { root } = $cli.paths;
  return child("pack", {
    ...{ root, preload },
    name: `app-${name}`,
    folder: isAbsolute(folder) ? folder : join(root, folder),
    out: outFolder(),
  });
}

/**
 * Builds or pulls a container image, and packs its files.
 *
 * @throws What the container engine said.
 */
export function packImage(args: {
  service: string;
  source: ImageSource;
  command: readonly string[] | undefined;
  arch: Architecture;
}): Promise<BuiltImage> {
  return child<BuiltImage>("image", {
    ...args,
    root: $cli.paths.root,
    out: outFolder(),
  }).catch((error) => {
    throw new ArgumentError(
      `"image" of "${args.service}" cannot be built: ${(error as Error).message}`,
    );
  });
}

/** Packs Node.js for an architecture, or finds what was packed before. */
export function packRuntime(arch: Architecture): Promise<Archive> {
  return child("runtime", { arch, out: outFolder() });
}

const outFolder = (): string => join($cli.paths.work, "sst-ec2");

async function child<T>(command: string, args: object): Promise<T> {
  const program = createRequire(join($cli.paths.root, "package.json")).resolve("sst-ec2/build");
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [program, command, JSON.stringify(args)], {
    cwd: $cli.paths.root,
    maxBuffer: 16 * 1024 * 1024,
  }).catch((error) => {
    throw new Error(String(error.stderr || error.message).trim());
  });
  return JSON.parse(stdout);
}
