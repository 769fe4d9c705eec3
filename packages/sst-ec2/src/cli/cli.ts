/** `npx sst-ec2`: what helps around an app's config. */
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { deployerPolicies } from "../policy/index.ts";
import { addService, describeChange } from "./add.ts";

const USAGE = `npx sst-ec2 COMMAND

  add NAME [--entry FILE]  adds a service to sst.config.ts, which it shows and asks about before
                           it writes; --yes does not ask
  policy [--app NAME] [--tag TAG] [--domain DOMAIN]
                           prints, by name, the IAM policies of whoever deploys: for SST's state,
                           an sst.aws.Vpc and what the library makes. The app's name is read from
                           sst.config.ts; TAG is the one by which AWS knows the app's resources,
                           "sst:app" if you set no default tags of your own`;

const CONFIG = "sst.config.ts";

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`sst-ec2: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      app: { type: "string" },
      tag: { type: "string" },
      domain: { type: "string", multiple: true },
      entry: { type: "string" },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) return console.info(USAGE);
  if (command === "policy") return policy(values);
  if (command === "add") return add(rest, values);
  throw new Error(`there is no command "${command}".\n\n${USAGE}`);
}

async function policy(values: {
  app?: string | undefined;
  tag?: string | undefined;
  domain?: string[] | undefined;
}): Promise<void> {
  const app = values.app ?? (await appName());
  const policies = deployerPolicies({ app, ...(values.tag && { tag: values.tag }) }, values.domain);
  console.info(JSON.stringify(policies, null, 2));
}

async function appName(): Promise<string> {
  const name = /\bname:\s*["']([\w-]+)["']/.exec(await config())?.[1];
  if (name) return name;
  throw new Error(`no name of an app stands in ${CONFIG}; say it with --app.`);
}

async function config(): Promise<string> {
  return readFile(CONFIG, "utf8").catch(() => {
    throw new Error(`there is no ${CONFIG} here; run it beside it, or make one with npx sst init.`);
  });
}

async function add(
  [name, ...others]: string[],
  { entry, yes }: { entry?: string | undefined; yes: boolean },
): Promise<void> {
  if (!name || others.length > 0) throw new Error("say one name, such as: npx sst-ec2 add api");
  const before = await config();
  const { text, next } = addService(before, name, entry ?? "server.ts");
  console.info(describeChange(before, text));
  if (!yes && !(await agreed())) return console.info("Nothing was changed.");
  await writeFile(CONFIG, text);
  console.info(next);
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`\nWrite this to ${CONFIG}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
