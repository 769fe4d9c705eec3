/** How a service starts. */
import { NODE_FLAGS } from "../instance/node.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import type { ServiceArgs } from "./args.ts";

/** What makes an unmodified program fit for an instance, in the archive's folder. */
const PRELOAD = "./preload.mjs";

const DEFAULT = ["node", "--import", PRELOAD, "./server.mjs"];

/**
 * The words that start a service, with `$APP` and `$RUNTIME` for the folders of the archives.
 *
 * @throws When the command is of no use.
 */
export function commandOf({ command = DEFAULT, bundle, command: given }: ServiceArgs): string[] {
  if (bundle !== undefined && given === undefined)
    throw new ArgumentError('"command" is missing; say how what is in "bundle" starts.');
  const [program, ...words] = command;
  if (!program)
    throw new ArgumentError('"command" is empty; it must be a program and its arguments.');
  const inFolder = (word: string) => word.replace(/^\.\//, "$APP/");
  if (program === "node") return ["$RUNTIME/bin/node", ...NODE_FLAGS, ...words.map(inFolder)];
  if (!program.startsWith("./") && !program.startsWith("/"))
    throw new ArgumentError(
      `"command" starts with "${program}"; it must be "node", or a path such as "./program" in the archive.`,
    );
  return [program, ...words].map(inFolder);
}

/** Whether the archive of a folder needs the preload. */
export function needsPreload({ command = DEFAULT }: ServiceArgs): boolean {
  return command.includes(PRELOAD);
}

/** Whether a program runs without the preload, or without Node.js at all. */
export function isPlain({ command = DEFAULT, image }: ServiceArgs): boolean {
  return image !== undefined || command[0] !== "node";
}
