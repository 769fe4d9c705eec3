import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A package manager, at the version that is rehearsed. */
interface Setup {
  /** Installs what the manifest in the current folder names. */
  command: readonly [string, ...string[]];
  /** Files that it reads beside the manifest. */
  files?: Record<string, string>;
  /** Files that make a folder with `apps/*` a workspace, where the manifest's `workspaces` do not. */
  workspace?: Record<string, string>;
}

const SETUPS = {
  npm: { command: ["npm", "install", "--no-audit", "--no-fund"] },
  pnpm: {
    command: ["npx", "--yes", "pnpm@10.34.8", "install"],
    workspace: { "pnpm-workspace.yaml": 'packages: ["apps/*"]\n' },
  },
  yarn: {
    command: ["npx", "--yes", "@yarnpkg/cli-dist@4.18.1", "install"],
    files: { ".yarnrc.yml": "nodeLinker: node-modules\n", "yarn.lock": "" },
  },
  bun: { command: ["npx", "--yes", "bun@1.4.5", "install"] },
} satisfies Record<string, Setup>;

export type Manager = keyof typeof SETUPS;

export const MANAGERS = Object.keys(SETUPS) as Manager[];

export function isManager(name: string): name is Manager {
  return MANAGERS.includes(name as Manager);
}

/** The command that installs a folder's packages, after the files that it reads were written. */
export async function prepareManager(
  folder: string,
  { manager, workspace }: { manager: Manager; workspace: boolean },
): Promise<readonly [string, ...string[]]> {
  const setup: Setup = SETUPS[manager];
  const files = { ...setup.files, ...(workspace && setup.workspace) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return setup.command;
}

/** npm's registry for managers that do not read npm's settings. */
export function registryEnv(registry: string): NodeJS.ProcessEnv {
  return { YARN_NPM_REGISTRY_SERVER: registry, BUN_CONFIG_REGISTRY: registry };
}
