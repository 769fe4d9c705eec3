/**
 * Builds what an instance runs: `npm run build [-- --arch arm64|x64] [--service api] [--entry file]
 * [--out dist] [--json]`.
 *
 * Prints each archive's name, size and the seconds it took; with `--json` the result of
 * `buildArtifact` alone.
 */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { type Arch, buildArtifact } from "./build/artifact.ts";

const USAGE =
  "usage: npm run build -- [--arch arm64|x64] [--service NAME] [--entry FILE] [--out FOLDER] [--json]";

function options() {
  const { values } = parseArgs({
    options: {
      arch: { type: "string", default: "arm64" },
      service: { type: "string", default: "api" },
      entry: { type: "string", default: "packages/api/src/server.ts" },
      out: { type: "string", default: "dist" },
      json: { type: "boolean", default: false },
    },
  });
  const { arch, service } = values;
  if (arch !== "arm64" && arch !== "x64")
    throw new Error(`--arch is "${arch}": allowed are arm64 and x64`);
  if (!/^[a-z][a-z0-9-]*$/.test(service))
    throw new Error(`--service is "${service}": allowed are lower-case letters, digits and dashes`);
  return { ...values, arch: arch satisfies Arch as Arch };
}

async function main() {
  const { json, ...args } = options();
  const artifact = await buildArtifact({
    ...args,
    onBuilt: ({ path, size }, seconds) => {
      if (json) return;
      const megabytes = (size / 1e6).toFixed(1);
      console.info(`${relative("", path)}  ${megabytes} MB  ${seconds.toFixed(1)} s`);
    },
  });
  if (json) process.stdout.write(`${JSON.stringify(artifact)}\n`);
}

main().catch((error) => {
  console.error(`build: ${error.message}\n${USAGE}`);
  process.exitCode = 1;
});
