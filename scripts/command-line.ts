/** What the command lines of all scripts have in common: arguments, help, errors and exit codes. */
import { type ParseArgsConfig, parseArgs, styleText } from "node:util";

/** An argument that is wrong; the message is one line that says what is allowed. */
export class WrongArgument extends Error {}

/** What the language throws: a mistake in the code, for which the stack is needed. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * Runs a script with this process's arguments, and sets its exit code.
 *
 * `--help` and `-h` print the usage and end with 0. A {@link WrongArgument} ends with 2, after one line
 * and the usage; any other error with 1, as {@link complain} prints it.
 *
 * @param name What lines on errors begin with, e.g. `load`.
 * @param run Gets the arguments, and returns the exit code where that is not 0.
 * @param explain What an error that is no bug is for people. @default its message
 * @example
 * ```ts
 * await main("greet", "npm run greet -- NAME", async ([name]) => {
 *   if (!name) throw new WrongArgument("say whom to greet");
 *   console.info(`Hello ${name}`);
 * });
 * ```
 */
export async function main(
  name: string,
  usage: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: most scripts return nothing, not `undefined`
  run: (args: string[]) => Promise<number | void>,
  explain = messageOf,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.info(usage);
    return;
  }
  try {
    process.exitCode = (await run(args)) ?? process.exitCode;
  } catch (error) {
    const wrong = error instanceof WrongArgument;
    complain(name, error, wrong ? messageOf : explain);
    if (wrong) console.error(`\n${usage}`);
    process.exitCode = wrong ? 2 : 1;
  }
}

/** Prints an error on standard error: `name: message`, red on a terminal; a bug with its stack. */
export function complain(name: string, error: unknown, explain = messageOf): void {
  if (canBeMended(error))
    console.error(styleText("red", `${name}: ${explain(error)}`, { stream: process.stderr }));
  else console.error(error);
}

/** Whether it is no bug. A `TypeError` with a cause is fetch's, when nothing answers. */
function canBeMended(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.cause instanceof Error || !BUGS.some((bug) => error instanceof bug);
}

/** An error's message; of a connection that failed at several addresses, which has none, its code. */
function messageOf(error: Error): string {
  if (error instanceof TypeError && error.cause instanceof Error) return messageOf(error.cause);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

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
export function parseCommandLine<const Config extends ParseArgsConfig & { args: string[] }>(
  config: Config,
) {
  try {
    return parseArgs<Config>({ ...config, args: withNegatives(config.args) });
  } catch (error) {
    // What follows the first sentence is advice for positional arguments, on lines of its own.
    throw new WrongArgument((error as Error).message.split(/\.? *\n|\. /)[0]);
  }
}

/** `--port -1` as `--port=-1`, which is not taken for an option, so that it is told what is allowed. */
function withNegatives(args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const isValue = /^-\d/.test(arg) && /^--[\w-]+$/.test(joined.at(-1) ?? "");
    joined.push(isValue ? `${joined.pop()}=${arg}` : arg);
  }
  return joined;
}

/** What a script says that takes no arguments. @throws WrongArgument when there are any */
export function takeNoArguments([first]: string[]): void {
  if (first !== undefined) throw new WrongArgument(`"${first}" is given; it takes no arguments`);
}

export interface NumberRange {
  from: number;
  to: number;
  /** Whether it has to be a whole number. @default false */
  whole?: boolean;
}

/**
 * The number that an option is set to.
 *
 * @throws WrongArgument
 * @example
 * ```ts
 * readNumber("port", "8080", { from: 0, to: 65_535, whole: true }); // 8080
 * ```
 */
export function readNumber(
  option: string,
  text: string,
  { from, to, whole = false }: NumberRange,
): number {
  const number = (whole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  const kind = whole ? "a whole number" : "a number";
  throw new WrongArgument(`--${option} is "${text}"; it must be ${kind} from ${from} to ${to}`);
}

/** Whether it is the address of something that speaks HTTP. */
export function isHttp(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}

/** Checks what `--stage` is set to. @throws WrongArgument unless it can be a stage's name */
export function checkStage(text: string): void {
  if (/^[a-zA-Z][a-zA-Z0-9-]*$/.test(text)) return;
  throw new WrongArgument(
    `--stage is "${text}"; it must be letters, digits and hyphens, such as prod`,
  );
}
