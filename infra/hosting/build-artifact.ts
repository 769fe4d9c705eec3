import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Bundles a service with `npm run build`, in a process of its own: SST's program is itself bundled,
 * and npm finds the pinned Node.
 * @returns the folder
 * @throws with what the build said
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
