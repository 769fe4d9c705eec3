/**
 * Builds archives in its own process: `node cli.ts COMMAND '{…}'` prints the result as JSON. Started
 * by `build-artifact.ts`.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { buildImage } from "../image/image.ts";
import { pack } from "./archive.ts";
import { buildPreload, bundleProgram } from "./esbuild.ts";
import { buildRuntime } from "./runtime.ts";

/** Bundles a program when SST's builder is unavailable. */
async function bundle(args: {
  name: string;
  entry: string;
  root: string;
  out: string;
  nodejs: object;
}) {
  const folder = join(args.out, `${args.name}-bundle`);
  await rm(folder, { recursive: true, force: true });
  await bundleProgram({ ...args, folder });
  return { folder };
}

/** Adds the preload, and makes the folder reproducible. */
async function dress({ folder, root }: { folder: string; root: string }) {
  await writeFile(join(folder, "preload.mjs"), await buildPreload());
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((each) => /\.[cm]?js\.map$/.test(each)))
    await normalize(join(folder, file), root);
  return { folder };
}

/** Source maps contain package paths, which differ between npm and pnpm. */
async function normalize(file: string, root: string) {
  const map: { sources: string[]; sourcesContent?: string[] } = JSON.parse(
    await readFile(file, "utf8"),
  );
  map.sources = map.sources.map((source) => {
    const path = resolve(dirname(file), source);
    const at = path.lastIndexOf("/node_modules/");
    return at < 0 ? relative(root, path) : path.slice(at + 1);
  });
  // The code is in the repository; with it the map is several times as large.
  delete map.sourcesContent;
  await writeFile(file, JSON.stringify(map));
}

/** Packs a folder; with `preload` a copy of it that has the preload. */
async function packFolder(args: {
  name: string;
  folder: string;
  out: string;
  preload?: boolean;
  root: string;
}) {
  await mkdir(args.out, { recursive: true });
  if (!args.preload) return pack(args);
  const copy = join(args.out, `${args.name}-folder`);
  await rm(copy, { recursive: true, force: true });
  await cp(args.folder, copy, { recursive: true });
  await dress({ folder: copy, root: args.root });
  return pack({ ...args, folder: copy });
}

async function runtime(args: { arch: "arm64" | "x64"; out: string }) {
  await mkdir(args.out, { recursive: true });
  return buildRuntime(args);
}

const commands: Record<string, (args: never) => Promise<unknown>> = {
  bundle,
  dress,
  image: buildImage,
  pack: packFolder,
  runtime,
};

const [command = "", args = "{}"] = process.argv.slice(2);
try {
  const run = commands[command];
  if (!run) throw new Error(`no such command: ${command}`);
  process.stdout.write(JSON.stringify(await run(JSON.parse(args) as never)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
