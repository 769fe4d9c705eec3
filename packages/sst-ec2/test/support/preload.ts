import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPreload as build } from "../../src/artifact/esbuild.ts";

/** Builds the preload as it is shipped, into a folder. @returns its file */
export async function buildPreload(folder: string): Promise<string> {
  const file = join(folder, "preload.mjs");
  await writeFile(file, await build());
  return file;
}
