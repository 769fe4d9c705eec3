import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it, where they are missing; afterwards it can be written to.
 *
 * One by one: Node's own `recursive` tries forever where a folder that is there says ENOENT to a new
 * one, as those under `/proc` do.
 *
 * @param remedy What to do instead when it cannot be written. @default to set DATA_FOLDER
 * @throws with one line that names the folder
 */
export function makeFolder(folder: string, remedy = "set DATA_FOLDER"): void {
  if (!existsSync(folder)) make(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new Error(
      `The folder ${folder} cannot be written: give yourself the right, or ${remedy}.`,
    );
  }
}

function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new Error(`The folder ${folder} cannot be made: ${(error as Error).message}.`);
  }
}
