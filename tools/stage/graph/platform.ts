/** Installs SST's platform, which has its components and types. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../common/root.ts";

/** The same as vitest's global setup. */
export default () => installPlatform();

/**
 * Installs `.sst/platform` if it is missing: from npm alone, in about a minute. Needs neither an AWS
 * account nor Pulumi's engine. Reports on standard error, because standard output may be JSON.
 *
 * @param folder The repository.
 */
export async function installPlatform(folder = root): Promise<void> {
  if (existsSync(join(folder, ".sst/platform/node_modules/@pulumi/random"))) return;
  console.error("Installing SST's platform into .sst/platform, once ...");
  await promisify(execFile)("npx", ["--no-install", "sst", "install"], {
    cwd: folder,
    env: {
      ...process.env,
      SST_STAGE: "ci",
      SST_NO_BUN: "1",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_TELEMETRY_DISABLED: "1",
    },
  });
}
