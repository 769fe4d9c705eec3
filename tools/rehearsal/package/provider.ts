import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sstFolder, toolsCache } from "../deploy/engine.ts";
import { paths } from "../deploy/paths.ts";

/**
 * Installs the tools' AWS provider under the version of the app's `@pulumi/aws`, which another SST brings,
 * in a configuration folder of its own.
 *
 * @param folder The app's, after `sst install`.
 * @returns variables that SST needs for it
 */
export async function matchProvider(folder: string): Promise<NodeJS.ProcessEnv> {
  const manifest = join(folder, ".sst/platform/node_modules/@pulumi/aws/package.json");
  const { version }: { version: string } = JSON.parse(await readFile(manifest, "utf8"));
  const plugin = `plugins/resource-aws-v${version}`;
  if (existsSync(join(sstFolder(), plugin))) return {};
  if (process.platform !== "linux")
    throw new Error(`the tools' provider can be version ${version} on Linux only`);
  const home = join(paths.home, `sst-with-aws-${version}`);
  const sst = join(home, "sst");
  await rm(home, { recursive: true, force: true });
  await mkdir(sst, { recursive: true });
  await symlink(join(sstFolder(), "bin"), join(sst, "bin"));
  await cp(join(sstFolder(), "plugins"), join(sst, "plugins"), { recursive: true });
  await mkdir(join(sst, plugin));
  const launcher = join(sst, plugin, "pulumi-resource-aws");
  await writeFile(launcher, launch(version));
  await chmod(launcher, 0o755);
  return { XDG_CONFIG_HOME: home };
}

function launch(version: string): string {
  const script = join(import.meta.dirname, "provider.py");
  const words = [
    join(toolsCache(), "venv/bin/python"),
    script,
    version,
    join(toolsCache(), "plugin"),
  ];
  return `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`;
}
