import { parseCommandLine, WrongArgument } from "../tools/common/command-line.ts";

/** What a command that changes the checkout is asked for. */
export interface ChangeArguments {
  name: string;
  /** Whether to change without a question. */
  yes: boolean;
  /** Whether to show what would change, and change nothing. */
  dryRun: boolean;
}

/**
 * Reads `NAME [--yes] [--dry-run]`.
 *
 * @param missing What to say when there is no name.
 * @throws WrongArgument when there is not one name, or an option is unknown
 */
export function readChangeArguments(args: string[], missing: string): ChangeArguments {
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: { yes: flag, "dry-run": flag },
  });
  const [name, more] = positionals;
  if (name === undefined) throw new WrongArgument(missing);
  if (more !== undefined) throw new WrongArgument(`"${more}" is one name too many`);
  return { name, yes: values.yes, dryRun: values["dry-run"] };
}

/** A number of things, such as "1 file" or "2 files". */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
