/** Our own bundler: for what goes along with each program, and where SST's cannot be asked. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** CommonJS packages expect these names, which an ES module does not have. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/** Bundles a program into `folder` as `server.mjs`. */
export async function bundleProgram(args: {
  entry: string;
  root: string;
  folder: string;
  nodejs: { esbuild?: object; minify?: boolean; loader?: object; banner?: string };
}): Promise<void> {
  const { build } = await import("esbuild");
  const { nodejs } = args;
  await build({
    absWorkingDir: args.root,
    entryPoints: { server: join(args.root, args.entry) },
    outdir: args.folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    keepNames: true,
    sourcemap: true,
    minify: nodejs.minify ?? false,
    loader: (nodejs.loader ?? {}) as never,
    banner: { js: [BANNER, nodejs.banner ?? ""].join("\n") },
    logLevel: "silent", // errors are thrown with their text
    ...nodejs.esbuild,
  });
}

/** What makes a program fit for an instance, as one file: built with the package, or now from its source. */
export async function buildPreload(): Promise<string> {
  const built = join(import.meta.dirname, "../instance/preload.mjs");
  if (existsSync(built)) return readFile(built, "utf8");
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../instance/preload.ts")],
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    minifyWhitespace: true,
    lineLimit: 160,
    banner: { js: BANNER },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
