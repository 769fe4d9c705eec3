/** What all scripts' command lines share: arguments, help, errors and exit codes. */
import { createInterface } from "node:readline/promises";
import { type ParseArgsConfig, parseArgs, styleText } from "node:util";

/** A wrong argument; the message is one line that says what is allowed. */
export class WrongArgument extends Error {}

/** Errors of the language: bugs, which need a stack trace. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * Runs a script with this process's arguments and sets its exit code.
 *
 * `--help` and `-h` print the usage and exit with 0. A {@link WrongArgument} prints one line and the
 * usage and exits with 2; any other error exits with 1, printed by {@link complain}.
 *
 * @param name Prefix of error lines, e.g. `load`.
 * @param run Gets the arguments, and returns the exit code if it is not 0.
 * @param explain Turns an error that is not a bug into text. @default its message
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

/**
 * Prints an error on standard error: `name: message`, red on a terminal; a bug with its stack trace.
 */
export function complain(name: string, error: unknown, explain = messageOf): void {
  if (canBeMended(error))
    console.error(styleText("red", `${name}: ${explain(error)}`, { stream: process.stderr }));
  else console.error(error);
}

/** Whether the user can fix it. A `TypeError` with a cause is fetch failing to connect. */
function canBeMended(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.cause instanceof Error || !BUGS.some((bug) => error instanceof bug);
}

/**
 * An error's message; for a connection that failed at several addresses, which has none, its code.
 */
function messageOf(error: Error): string {
  if (error instanceof TypeError && error.cause instanceof Error) return messageOf(error.cause);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

/**
 * Node's `parseArgs` with readable errors.
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
    // After the first sentence Node only adds advice about positional arguments.
    throw new WrongArgument((error as Error).message.split(/\.? *\n|\. /)[0]);
  }
}

/** Turns `--port -1` into `--port=-1`, so that it is not mistaken for an option. */
function withNegatives(args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const isValue = /^-\d/.test(arg) && /^--[\w-]+$/.test(joined.at(-1) ?? "");
    joined.push(isValue ? `${joined.pop()}=${arg}` : arg);
  }
  return joined;
}

/** Asks at the terminal, with no as the default. @throws WrongArgument when there is none */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new WrongArgument("there is no terminal to ask at: give --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** For scripts without arguments. @throws WrongArgument when there are any */
export function takeNoArguments([first]: string[]): void {
  if (first !== undefined) throw new WrongArgument(`"${first}" is given; it takes no arguments`);
}

export interface NumberRange {
  from: number;
  to: number;
  /** Only whole numbers. @default false */
  whole?: boolean;
}

/**
 * Parses an option's number.
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

/** Whether it is an HTTP or HTTPS address. */
export function isHttp(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}

/** Checks the value of `--stage`. @throws WrongArgument unless it is a valid stage name */
export function checkStage(text: string): void {
  if (/^[a-zA-Z][a-zA-Z0-9-]*$/.test(text)) return;
  throw new WrongArgument(
    `--stage is "${text}"; it must be letters, digits and hyphens, such as prod`,
  );
}
