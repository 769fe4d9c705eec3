import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { CommandFailed, type Processes } from "../../common/processes.ts";
import { paths } from "./paths.ts";

/** The access key of the rehearsal itself, which inspects the account. */
const NOBODY = "rehearsal";

/** End of a personal stage's name. */
export const PERSONAL_SUFFIX = "-dev";

/** A change of a resource in the CLI's output: `|  Updated     Name type`. */
export interface Change {
  action: string;
  resource: string;
}

/** The outcome of a command that changes or compares a stage. */
export interface Outcome {
  changes: Change[];
  output: string;
}

/** The SST CLI in an app's folder; each command has its own log file. */
export class Sst {
  readonly #processes: Processes;
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  /** Shared by all variants, because the logs are numbered in order. */
  readonly #commands: { count: number };

  /** @param folder Where `sst.config.ts` is. @default the copy of the checkout */
  constructor(
    processes: Processes,
    env: NodeJS.ProcessEnv,
    folder: string = paths.app,
    commands = { count: 0 },
  ) {
    this.#processes = processes;
    this.#env = env;
    this.#folder = folder;
    this.#commands = commands;
  }

  /** The same with more variables, such as another region. */
  with(env: NodeJS.ProcessEnv): Sst {
    return new Sst(this.#processes, { ...this.#env, ...env }, this.#folder, this.#commands);
  }

  /** The same with commands in another set of processes. */
  under(processes: Processes): Sst {
    return new Sst(processes, this.#env, this.#folder, this.#commands);
  }

  /** Output file of the latest command. */
  get log(): string {
    return this.#latest;
  }
  #latest = paths.logs;

  /**
   * Runs a command to its end, e.g. `run("deploy", "--stage", "rehearsal")`.
   *
   * @throws CommandFailed when SST fails
   */
  async run(...args: string[]): Promise<Outcome> {
    const output = await this.#processes.run("sst", args, this.#options(args));
    return { output, changes: changes(output) };
  }

  /**
   * Runs a command that must fail with matching words.
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

  /** Starts a long-running command, with more variables. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const options = this.#options(args);
    return this.#processes.start("sst", args, { ...options, env: { ...options.env, ...env } });
  }

  /** Outputs of the app's last deploy. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(this.#folder, ".sst/outputs.json"), "utf8"));
  }

  #options(args: string[]) {
    this.#commands.count += 1;
    const name = `${String(this.#commands.count).padStart(2, "0")}-sst-${args[0]}.log`;
    this.#latest = join(paths.logs, name);
    return { cwd: this.#folder, env: { ...this.#env, ...who(args, this.#env) }, log: this.#latest };
  }
}

/** The access key that identifies a command's caller: a personal or a production deployer. */
function who(args: string[], { AWS_ACCESS_KEY_ID: given }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (given !== NOBODY) return {};
  const personal = args.some((each) => each.endsWith(PERSONAL_SUFFIX));
  return { AWS_ACCESS_KEY_ID: personal ? "personal" : "production" };
}

/** The changed resources in a command's output. */
export function changes(output: string): Change[] {
  const lines = output.matchAll(
    /^\|\s+(Created|Updated|Replaced|Deleted|Imported|Error)\s+(.+?)(?: \(\d.*\))?$/gm,
  );
  return [...lines].map(([, action = "", resource = ""]) => ({ action, resource }));
}

/** Why a command failed: the lines after `✕  Failed`, or the last ones. */
export function reason(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() && !line.startsWith("View more"));
  const failed = lines.findLastIndex((line) => line.startsWith("✕"));
  const telling =
    failed >= 0 && failed < lines.length - 1 ? lines.slice(failed + 1) : lines.slice(-3);
  return telling.join(" ").slice(0, 500);
}

/** An error in one line; for a failed command with its output. */
export function explainFailure(error: Error): string {
  const { message } = error;
  return error instanceof CommandFailed ? `${message}: ${reason(error.output)}` : message;
}

/** This process's environment without any AWS account, and with AWS at the emulator. */
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
    // A deploy compiles megabytes of Pulumi's packages; the next one reads the cache.
    NODE_COMPILE_CACHE: join(paths.home, "compiled"),
    SST_TELEMETRY_DISABLED: "1",
    // The emulator has no event API, which only functions and realtime components need.
    SST_SKIP_APPSYNC: "1",
    ...engine,
  };
}

/** The region that is rehearsed. */
export const REGION = "us-east-1";
