/** Makes SST's platform, whose components and types the infrastructure is made of. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Installs `.sst/platform` when it is missing: from npm alone, in about a minute. Needs neither an AWS
 * account nor Pulumi's engine.
 */
export default async function setup(): Promise<void> {
  if (existsSync(join(ROOT, ".sst/platform/node_modules/@pulumi/random"))) return;
  console.info("Installing SST's platform into .sst/platform, once ...");
  await promisify(execFile)("npx", ["--no-install", "sst", "install"], {
    cwd: ROOT,
    env: {
      ...process.env,
      SST_STAGE: "ci",
      SST_NO_BUN: "1",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_TELEMETRY_DISABLED: "1",
    },
  });
}
