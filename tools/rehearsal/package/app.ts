/** An app that uses the library, in a folder outside the checkout. */
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CommandFailed, type Processes } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { paths } from "../deploy/paths.ts";
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

/** Writes the app outside the checkout, whose packages it would otherwise find. */
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

/** The strictest flags for the library's declarations; SST's own need others. */
const STRICT = [
  ...[
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--pretty",
    "false",
    "--types",
    "",
    "--target",
    "es2022",
  ],
  ...["--module", "esnext", "--moduleResolution", "bundler"],
];

/**
 * Checks the app's config and the library's declarations against the types of its SST.
 *
 * @throws with the compiler's remarks
 */
export async function checkTypes(app: App, processes: Processes): Promise<void> {
  const tsc = join(root, "node_modules/.bin/tsc");
  const options = { cwd: app.folder, env: process.env, log: join(paths.logs, "package-types.log") };
  const output = await processes.run(tsc, [...STRICT, "sst.config.ts"], options).catch((error) => {
    if (error instanceof CommandFailed) return error.output;
    throw error;
  });
  const remarks = output
    .split(/\n(?=\S)/)
    .filter((each) => /^(sst\.config|[^(]*\/sst-ec2\/)/.test(each));
  if (remarks.length > 0) throw new Error(remarks.join("\n"));
}
