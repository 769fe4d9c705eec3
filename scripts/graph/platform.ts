/** Installs SST's platform, which has its components and types. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/** The same as vitest's global setup. */
export default () => installPlatform();

/**
 * Installs `.sst/platform` if it is missing: from npm alone, in about a minute. Needs neither an AWS
 * account nor Pulumi's engine. Reports on standard error, because standard output may be JSON.
 *
 * @param root The repository.
 */
export async function installPlatform(root = ROOT): Promise<void> {
  if (existsSync(join(root, ".sst/platform/node_modules/@pulumi/random"))) return;
  console.error("Installing SST's platform into .sst/platform, once ...");
  await promisify(execFile)("npx", ["--no-install", "sst", "install"], {
    cwd: root,
    env: {
      ...process.env,
      SST_STAGE: "ci",
      SST_NO_BUN: "1",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_TELEMETRY_DISABLED: "1",
    },
  });
}
