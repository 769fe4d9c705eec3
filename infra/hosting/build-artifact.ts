import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Bundles a service with `npm run build`.
 *
 * In a process of its own: the program that SST runs is bundled, a bundler inside of it would not
 * find its files, and npm sees to it that the pinned Node builds.
 *
 * @returns The folder.
 * @throws if the build fails, with what it said.
 */
export async function bundleService(entry: string): Promise<string> {
  const { root } = $cli.paths;
  const out = join(root, "dist", entry.split("/")[1] ?? "");
  await promisify(execFile)(
    "npm",
    ["run", "--silent", "build", "--", "--entry", entry, "--out", out],
    { cwd: root },
  ).catch((error) => {
    throw new Error(`${entry} cannot be built: ${String(error.stderr || error.message).trim()}`);
  });
  return out;
}
