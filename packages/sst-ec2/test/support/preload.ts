import { join } from "node:path";
import { build } from "esbuild";

const SOURCE = join(import.meta.dirname, "../../src/instance/preload.ts");

/** Builds the preload as it is shipped, into a folder. @returns its file */
export async function buildPreload(folder: string): Promise<string> {
  await build({
    entryPoints: { preload: SOURCE },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    banner: {
      js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);',
    },
    logLevel: "silent",
  });
  return join(folder, "preload.mjs");
}
