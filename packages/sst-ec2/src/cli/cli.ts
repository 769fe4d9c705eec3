/** `npx sst-ec2`: what helps around an app's config. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { boundaryPolicy, deployerPolicies } from "../policy/index.ts";
import { type Addition, addService, describeChange } from "./add.ts";
import { appNameOf } from "./config.ts";

const USAGE = `npx sst-ec2 COMMAND

  add NAME [--entry FILE]  adds a service to sst.config.ts, which it shows and asks about before
                           it writes; --yes does not ask
  policy [--app NAME] [--tag TAG] [--domain DOMAIN]
                           prints, by name, the IAM policies of whoever deploys: for SST's state,
                           an sst.aws.Vpc and what the library makes. The app's name is read from
                           sst.config.ts; TAG is the one by which AWS knows the app's resources,
                           "sst:app" if you set no default tags of your own
  policy boundary [--app NAME]
                           prints the permissions boundary that those policies want of each role;
                           boundRoles() in sst.config.ts gives it to them`;

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
  if (command === "policy") return policy(rest, values);
  if (command === "add") return add(rest, values);
  throw new Error(`there is no command "${command}".\n\n${USAGE}`);
}

async function policy(
  [which, ...others]: string[],
  values: {
    app?: string | undefined;
    tag?: string | undefined;
    domain?: string[] | undefined;
  },
): Promise<void> {
  if ((which !== undefined && which !== "boundary") || others.length > 0)
    throw new Error('say "policy" for the deployer\'s policies, or "policy boundary".');
  const scope = { app: values.app ?? (await appName()), ...(values.tag && { tag: values.tag }) };
  const policies = which ? boundaryPolicy(scope) : deployerPolicies(scope, values.domain);
  console.info(JSON.stringify(policies, null, 2));
}

async function appName(): Promise<string> {
  const name = appNameOf((await findConfig()).text);
  if (name) return name;
  throw new Error(`${CONFIG} does not say the app's name in plain; say it with --app.`);
}

/** The config in this folder or the nearest above it, as SST looks for it. */
async function findConfig(folder = process.cwd()): Promise<{ folder: string; text: string }> {
  const text = await readFile(join(folder, CONFIG), "utf8").catch(() => undefined);
  if (text !== undefined) return { folder, text };
  if (dirname(folder) === folder)
    throw new Error(`there is no ${CONFIG} here nor above; make one with npx sst init.`);
  return findConfig(dirname(folder));
}

async function add(
  [name, ...others]: string[],
  { entry, yes }: { entry?: string | undefined; yes: boolean },
): Promise<void> {
  if (!name || others.length > 0) throw new Error("say one name, such as: npx sst-ec2 add api");
  const { folder, text: before } = await findConfig();
  const addition = addService(before, name, entry);
  console.info(describeChange(before, addition.text));
  if (!yes && !process.stdin.isTTY)
    return console.info(
      "\nNothing was changed: nobody can be asked here, and --yes was not given.",
    );
  if (!yes && !(await agreed())) return console.info("Nothing was changed.");
  await writeFile(join(folder, CONFIG), addition.text);
  console.info(["\nNext:", ...(await nextSteps(folder, addition))].join("\n"));
}

async function agreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`\nWrite this to ${CONFIG}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function nextSteps(folder: string, addition: Addition): Promise<string[]> {
  const { entry, port, variable, notes } = addition;
  const manifest = await readFile(join(folder, "package.json"), "utf8").catch(() => "");
  const steps = [
    ...(manifest.includes('"sst-ec2"') ? [] : [`${installerIn(folder)} sst-ec2`]),
    `${existsSync(join(folder, entry)) ? "See that" : "Write"} ${entry}: it listens on process.env.PORT, or ${port} without that, and answers 200 on "/".`,
    'Put what it uses into "link".',
    ...notes,
    `npx sst dev runs it here; npx sst deploy brings it to AWS. ${variable}.url is its address.`,
  ];
  return steps.map((step, index) => `  ${index + 1}. ${step}`);
}

/** How packages are added, by the lock file here or above. */
function installerIn(folder: string): string {
  const locks = { "pnpm-lock.yaml": "pnpm add", "yarn.lock": "yarn add", "bun.lock": "bun add" };
  for (const [file, command] of Object.entries(locks))
    if (existsSync(join(folder, file))) return command;
  const parent = dirname(folder);
  const done = parent === folder || existsSync(join(folder, "package-lock.json"));
  return done ? "npm install" : installerIn(parent);
}
