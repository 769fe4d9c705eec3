import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { paths, root } from "./paths.ts";
import type { Processes } from "./processes.ts";

/** Stands in every launcher that the tools' `install.sh` writes. */
const STAND_IN_MARKER = "rehearsal-stand-in";

/** Where SST's CLI fetches the engine and the engine its plugins. */
const DOWNLOADS = ["https://github.com/pulumi/pulumi/releases", "https://get.pulumi.com/"];

/** What executes the deployment. */
export interface Engine {
  /** For the first line of the output. */
  description: string;
  /** Whether the AWS provider is the stand-in, which writes a report of its calls. */
  standIn: boolean;
  /** Variables that the SST CLI needs to use it. */
  env: NodeJS.ProcessEnv;
  /** Sees to it that it is there: a second when it is, half of five minutes the first time. */
  install?: (processes: Processes) => Promise<unknown>;
}

/**
 * Finds the Pulumi engine and the AWS provider: those that SST brings, when they are installed or
 * can be downloaded, else stand-ins from the folder `REHEARSAL_TOOLS` (default `../shared/rehearsal`).
 *
 * @throws with one line when neither is to be had
 */
export async function findEngine(): Promise<Engine> {
  const provider = await installedProvider();
  if (provider === "sst" || (provider === undefined && (await downloadable()))) {
    const description = "the Pulumi engine and the AWS provider that SST brings";
    return { description, standIn: false, env: {} };
  }
  const tools = toolsFolder();
  if (!tools && provider === undefined) {
    throw new Error(
      "SST's Pulumi engine and AWS provider are neither installed nor can they be downloaded, " +
        "and there are no stand-ins in ../shared/rehearsal; set REHEARSAL_TOOLS to their folder",
    );
  }
  const engine = {
    description: "a Pulumi engine of SST's version and a stand-in of the AWS provider",
    standIn: true,
    env: {
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_NO_BUN: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
  };
  if (!tools) return engine;
  const options = { cwd: root, env: process.env, log: join(paths.logs, "install-tools.log") };
  return {
    ...engine,
    description: `${engine.description} from ${relative(root, tools)}`,
    install: (processes) => processes.run(join(tools, "install.sh"), [], options),
  };
}

/** Folder of the stand-ins' `install.sh`, if it is there. `REHEARSAL_TOOLS` may name its parent too. */
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

/** Which AWS provider SST's own folder has. */
async function installedProvider(): Promise<"sst" | "stand-in" | undefined> {
  const plugins = join(sstFolder(), "plugins");
  const names = await readdir(plugins).catch(() => []);
  const name = names.find((each) => /^resource-aws-v[\d.]+$/.test(each));
  if (!name) return undefined;
  const launcher = await readFile(join(plugins, name, "pulumi-resource-aws")).catch(
    () => undefined,
  );
  if (!launcher) return undefined;
  return launcher.subarray(0, 1024).includes(STAND_IN_MARKER) ? "stand-in" : "sst";
}

/** Where SST keeps the engine and its plugins: the user's configuration folder, as Go sees it. */
function sstFolder(): string {
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
