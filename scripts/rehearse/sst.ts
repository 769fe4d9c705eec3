import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { paths } from "./paths.ts";
import { CommandFailed, type Processes } from "./processes.ts";

/** The access key of the rehearsal itself, which looks at what is there. */
const NOBODY = "rehearsal";

/** End of a personal stage's name. */
export const PERSONAL_SUFFIX = "-dev";

/** What happened to a resource, as the CLI prints it: `|  Updated     Name type`. */
export interface Change {
  action: string;
  resource: string;
}

/** The outcome of a command that changes or compares a stage. */
export interface Outcome {
  changes: Change[];
  output: string;
}

/** The SST CLI in the copy of the checkout, each command with a log file of its own. */
export class Sst {
  readonly #processes: Processes;
  readonly #env: NodeJS.ProcessEnv;
  /** Shared by those with other variables, for the logs are numbered in order. */
  readonly #commands: { count: number };

  constructor(processes: Processes, env: NodeJS.ProcessEnv, commands = { count: 0 }) {
    this.#processes = processes;
    this.#env = env;
    this.#commands = commands;
  }

  /** The same with other variables, such as another region. */
  with(env: NodeJS.ProcessEnv): Sst {
    return new Sst(this.#processes, { ...this.#env, ...env }, this.#commands);
  }

  /** The same, whose commands other processes' owner ends. */
  under(processes: Processes): Sst {
    return new Sst(processes, this.#env, this.#commands);
  }

  /** File that has the output of the latest command. */
  get log(): string {
    return this.#latest;
  }
  #latest = paths.logs;

  /**
   * Runs a command to its end, e.g. `run("deploy", "--stage", "rehearsal")`.
   *
   * @throws CommandFailed when SST says so
   */
  async run(...args: string[]): Promise<Outcome> {
    const output = await this.#processes.run("sst", args, this.#options(args));
    return { output, changes: changes(output) };
  }

  /**
   * Runs a command that must fail, and say so in words that match.
   *
   * @throws when it succeeds, or fails with other words
   */
  async fails(words: RegExp, ...args: string[]): Promise<Outcome> {
    try {
      await this.run(...args);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      if (words.test(error.output)) return { output: error.output, changes: changes(error.output) };
      throw new Error(`sst ${args.join(" ")} failed as it should, but not with ${words}`);
    }
    throw new Error(`sst ${args.join(" ")} should have failed with ${words}`);
  }

  /** Starts a command that runs on, with further variables. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const options = this.#options(args);
    return this.#processes.start("sst", args, { ...options, env: { ...options.env, ...env } });
  }

  /** What the app returned in its last deploy. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(paths.app, ".sst/outputs.json"), "utf8"));
  }

  #options(args: string[]) {
    this.#commands.count += 1;
    const name = `${String(this.#commands.count).padStart(2, "0")}-sst-${args[0]}.log`;
    this.#latest = join(paths.logs, name);
    return { cwd: paths.app, env: { ...this.#env, ...who(args, this.#env) }, log: this.#latest };
  }
}

/** Who runs a command, by the access key that tells it: who deploys personal stages, or every stage. */
function who(args: string[], { AWS_ACCESS_KEY_ID: given }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (given !== NOBODY) return {};
  const personal = args.some((each) => each.endsWith(PERSONAL_SUFFIX));
  return { AWS_ACCESS_KEY_ID: personal ? "personal" : "production" };
}

/** The resources that a command's output says were changed. */
export function changes(output: string): Change[] {
  const lines = output.matchAll(
    /^\|\s+(Created|Updated|Replaced|Deleted|Imported|Error)\s+(.+?)(?: \(\d.*\))?$/gm,
  );
  return [...lines].map(([, action = "", resource = ""]) => ({ action, resource }));
}

/** The lines in which a failed command says why: what follows its `✕  Failed`, or the last ones. */
export function reason(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() && !line.startsWith("View more"));
  const failed = lines.findLastIndex((line) => line.startsWith("✕"));
  const telling =
    failed >= 0 && failed < lines.length - 1 ? lines.slice(failed + 1) : lines.slice(-3);
  return telling.join(" ").slice(0, 500);
}

/** An error in one line; of a command that failed, with what it said. */
export function explainFailure(error: Error): string {
  const { message } = error;
  return error instanceof CommandFailed ? `${message}: ${reason(error.output)}` : message;
}

/** This process's variables, but none that lead to an account, and AWS at the emulator. */
export function environment(endpoint: string, engine: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|SST|PULUMI)_/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [join(paths.app, "node_modules/.bin"), process.env.PATH].join(delimiter),
    NO_PROXY: ["127.0.0.1", "localhost", process.env.NO_PROXY].filter(Boolean).join(","),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: NOBODY,
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    REHEARSAL_REPORT: paths.report,
    // A deploy compiles Pulumi's packages, of megabytes each; the next one reads what came of it.
    NODE_COMPILE_CACHE: join(paths.home, "compiled"),
    SST_TELEMETRY_DISABLED: "1",
    // The emulator has no event API, which only functions and realtime components use.
    SST_SKIP_APPSYNC: "1",
    ...engine,
  };
}

/** The region that is rehearsed. */
export const REGION = "us-east-1";
