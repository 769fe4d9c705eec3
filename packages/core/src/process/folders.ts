import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it, where they are missing.
 *
 * One by one: Node's own `recursive` tries forever where a folder that is there says ENOENT to a new
 * one, as those under `/proc` do.
 *
 * @throws with one line that names the folder
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new Error(`The folder ${folder} cannot be made: ${(error as Error).message}.`);
  }
}
