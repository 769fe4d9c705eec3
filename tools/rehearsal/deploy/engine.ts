import { existsSync } from "node:fs";
import { glob, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import type { Processes } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { paths } from "./paths.ts";

/** Contained in every launcher that the tools' `install.sh` writes. */
const LAUNCHER_MARKER = "rehearsal-stand-in";

/** Where SST's CLI downloads the engine, and the engine its plugins. */
const DOWNLOADS = ["https://github.com/pulumi/pulumi/releases", "https://get.pulumi.com/"];

/** Terraform's AWS provider in the major version that `@pulumi/aws` 6 bridges. */
const TERRAFORM_PROVIDER = "terraform-provider-aws_v5*";

/** Where Terraform looks for providers, and machine images keep mirrors of them. */
const TERRAFORM_FOLDERS = [
  join(homedir(), ".terraform.d/plugins"),
  "/usr/local/share/terraform",
  "/usr/share/terraform",
  "/opt",
];

/** The provider: Pulumi's, Terraform's own under the tools' bridge, or the tools' stand-in. */
export type Provider = "pulumi" | "terraform" | "stand-in";

/** The engine that executes a deploy. */
export interface Engine {
  /** For the first line of the output. */
  description: string;
  provider: Provider;
  /** Variables that the SST CLI needs to use it. */
  env: NodeJS.ProcessEnv;
  /** Installs it if missing: a second if it is there, half of five minutes the first time. */
  install?: (processes: Processes) => Promise<unknown>;
}

/**
 * Finds the Pulumi engine and the AWS provider: SST's own, if installed or downloadable. Otherwise
 * an engine from the folder `REHEARSAL_TOOLS` (default `../shared/rehearsal`), with the Terraform
 * AWS provider if the machine has it, or else the stand-in; `REHEARSAL_PROVIDER` ("terraform" or
 * "stand-in") chooses one of the two.
 *
 * @throws one line when the chosen one, or any, is unavailable
 */
export async function findEngine(): Promise<Engine> {
  const asked = askedProvider();
  const installed = await installedPlugin();
  if (!asked && (installed === "pulumi" || (!installed && (await downloadable())))) {
    const description = "the Pulumi engine and the AWS provider that SST brings";
    return { description, provider: "pulumi", env: {} };
  }
  if (installed === "pulumi")
    throw new Error(
      `REHEARSAL_PROVIDER is ${asked}, but SST's own folder has Pulumi's provider; remove ` +
        `${join(sstFolder(), "plugins")}, which SST fetches again when it needs it`,
    );
  const tools = toolsFolder();
  if (!tools && !installed) {
    throw new Error(
      "SST's Pulumi engine and AWS provider are neither installed nor can they be downloaded, " +
        "and there are no stand-ins in ../shared/rehearsal; set REHEARSAL_TOOLS to their folder",
    );
  }
  const engine = await withProvider(asked);
  if (!tools) return engine;
  return {
    ...engine,
    description: `${engine.description} from ${relative(root, tools)}`,
    install: (processes) => installTools(tools, processes),
  };
}

async function withProvider(asked: Provider | undefined): Promise<Engine> {
  const terraform = asked === "stand-in" ? undefined : await terraformProvider();
  if (asked === "terraform" && !terraform) {
    throw new Error(
      `REHEARSAL_PROVIDER is terraform, and there is no ${TERRAFORM_PROVIDER} in ` +
        `${terraformFolders().join(", ")}; set REHEARSAL_TF_PROVIDER to the program or its folder`,
    );
  }
  const env = {
    SST_SKIP_DEPENDENCY_CHECK: "1",
    SST_NO_BUN: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const engine = "a Pulumi engine of SST's version";
  if (!terraform) {
    const description = `${engine} and a stand-in of the AWS provider`;
    return { description, provider: "stand-in", env: { ...env, REHEARSAL_PROVIDER: "boto3" } };
  }
  return {
    description: `${engine}, ${basename(terraform)} and the bridge to it`,
    provider: "terraform",
    env: {
      ...env,
      REHEARSAL_PROVIDER: "terraform",
      REHEARSAL_TF_PROVIDER: terraform,
      // The bridge shortens the provider's waits by instructions in the gaps between functions, of
      // which Go has no tables: its runtime would end the process that it interrupts there.
      GODEBUG: "asyncpreemptoff=1",
      // Its last output, in case it ends in the middle of a deploy.
      REHEARSAL_TF_LOG: join(paths.logs, "provider.log"),
    },
  };
}

function askedProvider(): Provider | undefined {
  const asked = process.env.REHEARSAL_PROVIDER;
  if (!asked) return undefined;
  if (asked === "terraform" || asked === "stand-in") return asked;
  throw new Error(`REHEARSAL_PROVIDER is "${asked}"; it must be "terraform" or "stand-in"`);
}

/** The newest installed Terraform AWS provider. */
async function terraformProvider(): Promise<string | undefined> {
  const named = process.env.REHEARSAL_TF_PROVIDER;
  if (named && basename(named).startsWith("terraform-provider-aws_v5")) return named;
  for (const folder of terraformFolders()) {
    const found: string[] = [];
    for await (const file of glob(join(folder, "**", TERRAFORM_PROVIDER))) found.push(file);
    if (found.length > 0) return found.sort().at(-1);
  }
  return undefined;
}

function terraformFolders(): string[] {
  const named = process.env.REHEARSAL_TF_PROVIDER;
  return named ? [named] : TERRAFORM_FOLDERS;
}

/** Folder of the tools' `install.sh`, if it exists. `REHEARSAL_TOOLS` may also name its parent. */
function toolsFolder(): string | undefined {
  const named = resolve(root, process.env.REHEARSAL_TOOLS || "../shared/rehearsal");
  const found = [named, join(named, "rehearsal")].find((folder) =>
    existsSync(join(folder, "install.sh")),
  );
  if (!found && process.env.REHEARSAL_TOOLS) {
    throw new Error(`REHEARSAL_TOOLS is ${named}, where there is no install.sh`);
  }
  return found;
}

/**
 * Runs the tools' `install.sh` unless everything is installed: it removes the plugins for a moment,
 * which another checkout's rehearsal may be using.
 */
async function installTools(tools: string, processes: Processes): Promise<void> {
  if ((await installedPlugin()) && (await sameFiles(join(tools, "plugin"), toolsCache()))) return;
  const options = { cwd: root, env: process.env, log: join(paths.logs, "install-tools.log") };
  await processes.run(join(tools, "install.sh"), [], options);
}

/** Where `install.sh` puts the tools: their Python, and in `plugin` what the launchers run. */
export function toolsCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sst-rehearsal");
}

/** Whether a folder's files equal those of its copy. */
async function sameFiles(folder: string, parent: string): Promise<boolean> {
  const copy = join(parent, basename(folder));
  const names = (await readdir(folder)).filter((name) => name.endsWith(".py"));
  const same = names.map(async (name) => {
    const [file, copied] = await Promise.all([
      readFile(join(folder, name)),
      readFile(join(copy, name)).catch(() => undefined),
    ]);
    return copied?.equals(file);
  });
  return (await Promise.all(same)).every(Boolean);
}

/** The AWS plugin in SST's folder: Pulumi's, or the tools' launcher for the other two. */
async function installedPlugin(): Promise<"pulumi" | "launcher" | undefined> {
  const plugins = join(sstFolder(), "plugins");
  const names = await readdir(plugins).catch(() => []);
  const name = names.find((each) => /^resource-aws-v[\d.]+$/.test(each));
  if (!name) return undefined;
  const program = await readFile(join(plugins, name, "pulumi-resource-aws")).catch(() => undefined);
  if (!program) return undefined;
  return program.subarray(0, 1024).includes(LAUNCHER_MARKER) ? "launcher" : "pulumi";
}

/** SST's folder for engine and plugins: the user's configuration folder, as Go defines it. */
export function sstFolder(): string {
  if (process.platform === "darwin") return join(homedir(), "Library/Application Support/sst");
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "sst");
}

async function downloadable(): Promise<boolean> {
  const answers = DOWNLOADS.map(async (url) => {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) });
    return response.ok;
  });
  const reached = await Promise.allSettled(answers);
  return reached.every((each) => each.status === "fulfilled" && each.value);
}
