import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { paths, root } from "../rehearse/paths.ts";
import type { Processes } from "../rehearse/processes.ts";

const OUT = join(root, ".data/package");

/** Builds the library and packs it as npm would publish it; returns the tarball's path. */
export async function packLibrary(processes: Processes): Promise<string> {
  const library = join(root, "packages/sst-ec2");
  const options = { cwd: root, env: process.env, log: join(paths.logs, "package-pack.log") };
  await mkdir(paths.logs, { recursive: true });
  await processes.run(process.execPath, [join(library, "build.ts")], options);
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  await processes.run("npm", ["pack", "--pack-destination", OUT, join(library, "dist")], options);
  const [tarball] = await readdir(OUT);
  if (!tarball) throw new Error(`npm pack left nothing in ${OUT}; see ${options.log}`);
  return join(OUT, tarball);
}
