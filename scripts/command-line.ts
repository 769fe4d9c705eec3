import { type ParseArgsConfig, parseArgs } from "node:util";

/** An argument that is wrong; the message is one line that says what is allowed. */
export class WrongArgument extends Error {}

/**
 * Node's `parseArgs`, with errors that a person reads.
 *
 * @throws WrongArgument
 * @example
 * ```ts
 * const flag = { type: "boolean", default: false } as const;
 * parseCommandLine({ args: ["--json"], options: { json: flag } }).values.json; // true
 * ```
 */
export function parseCommandLine<const Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    // What follows the first sentence is advice for positional arguments, on lines of its own.
    throw new WrongArgument((error as Error).message.split(/\.? *\n|\. /)[0]);
  }
}
