import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { paths } from "../deploy/paths.ts";

const OUT = join(root, ".data/package");

/** Builds the library and packs it as npm would publish it; returns the tarball's path. */
export async function packLibrary(processes: Processes): Promise<string> {
  const built = join(OUT, "built");
  const options = { cwd: root, env: process.env, log: join(paths.logs, "package-pack.log") };
  await mkdir(paths.logs, { recursive: true });
  await rm(OUT, { recursive: true, force: true });
  await processes.run(process.execPath, [join(root, "packages/sst-ec2/build.ts"), built], options);
  await processes.run("npm", ["pack", "--pack-destination", OUT, built], options);
  const tarball = (await readdir(OUT)).find((each) => each.endsWith(".tgz"));
  if (!tarball) throw new Error(`npm pack left nothing in ${OUT}; see ${options.log}`);
  return join(OUT, tarball);
}
