/**
 * `npm run build`: builds what an instance runs.
 *
 * Prints each archive's name, size and the seconds it took; with `--json` the result of
 * `buildArtifact` alone.
 */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { makeFolder } from "@steadfast/core/process";
import { type Arch, buildArtifact } from "../packages/sst-ec2/src/artifact/artifact.ts";
import { main, parseCommandLine, WrongArgument } from "./command-line.ts";

const USAGE = `npm run build -- [options]

Builds what an instance runs: Node and the bundled service, as reproducible archives.

  --arch ARCH      arm64 or x64 (default arm64)
  --service NAME   what the archive is named after (default api)
  --entry FILE     the program (default packages/api/src/server.ts)
  --out FOLDER     where the archives are written (default dist)
  --json           what was built as JSON
  -h, --help       this text

examples
  npm run build
  npm run build -- --arch x64 --out /tmp/archives`;

await main("build", USAGE, async (given) => {
  const { json, ...args } = readArguments(given);
  const artifact = await buildArtifact({
    ...args,
    onBuilt: ({ path, size }, seconds) => {
      if (json) return;
      const megabytes = (size / 1e6).toFixed(1);
      console.info(`${relative("", path)}  ${megabytes} MB  ${seconds.toFixed(1)} s`);
    },
  });
  if (json) process.stdout.write(`${JSON.stringify(artifact)}\n`);
});

function readArguments(args: string[]) {
  const { values } = parseCommandLine({
    args,
    options: {
      arch: { type: "string", default: "arm64" },
      service: { type: "string", default: "api" },
      entry: { type: "string", default: "packages/api/src/server.ts" },
      out: { type: "string", default: "dist" },
      json: { type: "boolean", default: false },
    },
  });
  const { arch, service, entry } = values;
  if (arch !== "arm64" && arch !== "x64")
    throw new WrongArgument(`--arch is "${arch}"; allowed are arm64 and x64`);
  if (!/^[a-z][a-z0-9-]*$/.test(service))
    throw new WrongArgument(
      `--service is "${service}"; allowed are lower-case letters, digits and dashes`,
    );
  if (!existsSync(entry)) throw new WrongArgument(`--entry is "${entry}"; there is no such file`);
  try {
    // One by one: making all at once tries forever in places such as /proc.
    makeFolder(values.out, "choose another");
  } catch (error) {
    throw new WrongArgument(`--out is "${values.out}"; ${(error as Error).message}`);
  }
  return { ...values, arch: arch satisfies Arch as Arch };
}
