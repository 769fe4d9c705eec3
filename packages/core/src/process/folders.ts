import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Creates a folder and its parents if missing, and checks that it is writable.
 *
 * One by one, because Node's `recursive` retries forever where an existing folder answers ENOENT to
 * a new one, as under `/proc`.
 *
 * @throws one line that names the folder
 */
export function makeFolder(folder: string): void {
  if (!existsSync(folder)) make(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new Error(
      `The folder ${folder} cannot be written: give yourself the right, or set DATA_FOLDER.`,
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
