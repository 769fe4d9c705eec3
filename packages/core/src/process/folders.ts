import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Creates a folder and its parents, and checks that it is writable. One by one, because Node's
 * `recursive` tries forever under `/proc`.
 *
 * @param remedy what to do instead @default to set DATA_FOLDER
 * @throws one line that names the folder
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
