/**
 * Checks the types of `sst.config.ts` and `infra/` against SST's platform, under our own strict
 * flags.
 *
 * The platform's types are its sources, which were written for other flags, and no compiler option
 * excludes them. So diagnostics about them are filtered out.
 */
import { spawnSync } from "node:child_process";
import { installPlatform } from "../tools/stage/graph/platform.ts";

await installPlatform();
const { stdout, status, error } = spawnSync("tsc", ["--project", "infra", "--pretty", "false"], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
if (error) throw error;

// A diagnostic starts with its file; indented lines belong to it.
const remarks = stdout.split(/\n(?=\S)/).filter((remark) => remark && !remark.startsWith(".sst/"));
for (const remark of remarks) console.error(remark.trimEnd());
// A failed compiler without diagnostics did not check anything.
if (remarks.length > 0 || (status !== 0 && !stdout.includes(".sst/platform/"))) process.exit(1);
