/** Somebody else's app with the library, in a folder that has nothing to do with this checkout. */
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { paths, root } from "../rehearse/paths.ts";
import type { Processes } from "../rehearse/processes.ts";
import { type Manager, prepareManager, registryEnv } from "./managers.ts";

export interface AppArgs {
  /** A folder of `examples/`. */
  example: string;
  manager: Manager;
  /** Version of SST. */
  sst: string;
  /** The packed library. */
  tarball: string;
  /** Whether the app is `apps/web` of a workspace in a git repository, or alone in its folder. */
  workspace: boolean;
}

export interface App {
  /** What was created: the app's folder, or the workspace around it. */
  top: string;
  /** Where `sst.config.ts` is. */
  folder: string;
  /** `PATH` with the programs of its packages. */
  path: string;
}

/** Writes the app outside of the checkout, whose packages it would find otherwise. */
export async function writeApp({ example, ...args }: AppArgs): Promise<App> {
  const top = await mkdtemp(join(tmpdir(), `sst-ec2-${args.manager}-`));
  const folder = args.workspace ? join(top, "apps/web") : top;
  await mkdir(folder, { recursive: true });
  await cp(join(root, "examples", example), folder, { recursive: true });
  const manifest = join(folder, "package.json");
  const given = await readFile(manifest, "utf8").then(JSON.parse, () => ({}));
  const library = { sst: args.sst, "sst-ec2": `file:${args.tarball}` };
  const dependencies = { ...given.dependencies, ...library };
  await writeManifest(manifest, { name: "web", type: "module", ...given, dependencies });
  if (args.workspace)
    await writeManifest(join(top, "package.json"), { name: "all", workspaces: ["apps/*"] });
  const bins = [folder, top].map((each) => join(each, "node_modules/.bin"));
  return { top, folder, path: [...bins, process.env.PATH].join(delimiter) };
}

function writeManifest(file: string, manifest: object): Promise<void> {
  const whole = { version: "1.0.0", private: true, ...manifest };
  return writeFile(file, `${JSON.stringify(whole, null, 2)}\n`);
}

/** Installs the app's packages. */
export async function installApp(
  { top }: App,
  { manager, workspace }: AppArgs,
  processes: Processes,
): Promise<void> {
  const log = join(paths.logs, `package-${manager}.log`);
  const options = { cwd: top, env: process.env, log };
  if (workspace) await processes.run("git", ["init", "--quiet"], options);
  const registry = (await processes.run("npm", ["config", "get", "registry"], options)).trim();
  const [program, ...args] = await prepareManager(top, { manager, workspace });
  await processes.run(program, args, {
    ...options,
    env: { ...process.env, ...registryEnv(registry), YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
  });
}
