/** Installs SST and the library in an app's folder, as its user would. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../common/processes.ts";
import { paths } from "../deploy/paths.ts";

/** What installs packages, by the command that does. */
const COMMANDS = {
  npm: ["npm", "install", "--no-audit", "--no-fund"],
  pnpm: ["npx", "--yes", "pnpm@10", "install"],
  yarn: ["npx", "--yes", "@yarnpkg/cli-dist@4", "install"],
  bun: ["npx", "--yes", "bun@1", "install"],
} as const;

export type Manager = keyof typeof COMMANDS;

export const MANAGERS = Object.keys(COMMANDS) as Manager[];

export function isManager(name: string): name is Manager {
  return MANAGERS.includes(name as Manager);
}

/** Writes the app's manifest and installs what it names. */
export async function makeApp(
  folder: string,
  { manager, sst, tarball }: { manager: Manager; sst: string; tarball: string },
  processes: Processes,
): Promise<void> {
  const manifest = join(folder, "package.json");
  const given = await readFile(manifest, "utf8").then(JSON.parse, () => ({}));
  const app = {
    name: "shop",
    version: "1.0.0",
    private: true,
    type: "module",
    ...given,
    dependencies: { ...given.dependencies, sst, "sst-ec2": `file:${tarball}` },
  };
  await writeFile(manifest, JSON.stringify(app, null, 2));
  if (manager === "yarn")
    await writeFile(join(folder, ".yarnrc.yml"), "nodeLinker: node-modules\n");
  const [command, ...args] = COMMANDS[manager];
  await processes.run(command, [...args], {
    cwd: folder,
    env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
    log: join(paths.logs, `package-${manager}.log`),
  });
}
