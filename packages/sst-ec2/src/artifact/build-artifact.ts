import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Artifact, ArtifactArgs } from "./artifact.ts";

/**
 * Builds a service's archives with `npm run build`.
 *
 * In a process of its own: the program that SST runs is bundled, a bundler inside of it would not
 * find its files, and npm sees to it that the pinned Node builds, so that every machine builds the
 * same bytes.
 *
 * @throws if the build fails, with what it said.
 */
export async function buildArtifact(args: ArtifactArgs & { root: string }): Promise<Artifact> {
  const { root, arch, service, entry, out } = args;
  const options = { arch, service, entry, out };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout } = await promisify(execFile)(
    "npm",
    ["run", "--silent", "build", "--", "--json", ...flags],
    {
      cwd: root,
    },
  ).catch((error) => {
    throw new Error(
      `the artifact of ${service} cannot be built: ${String(error.stderr || error.message).trim()}`,
    );
  });
  return JSON.parse(stdout);
}
