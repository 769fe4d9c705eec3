import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../common/root.ts";

const OUT = join(root, ".data/package");

const run = promisify(execFile);

/** Builds the library and packs it as npm would publish it; returns the tarball's path. */
export async function packLibrary(): Promise<string> {
  const library = join(root, "packages/sst-ec2");
  await run(process.execPath, [join(library, "build.ts")], { cwd: root });
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const args = ["pack", "--json", "--pack-destination", OUT, join(library, "dist")];
  const { stdout } = await run("npm", args, { cwd: root });
  // npm 12 prints an object by package name, npm 11 and older print a list.
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
  if (!packed) throw new Error(`npm pack printed no file name: ${stdout}`);
  return join(OUT, packed.filename);
}
