/**
 * Checks the types of `sst.config.ts` and `infra/` against SST's platform, under our own strict flags.
 *
 * The platform's types are its sources, which were written for other flags, and no compiler option
 * leaves them out. So the compiler's remarks on them are left out here.
 */
import { spawnSync } from "node:child_process";
import { installPlatform } from "./graph/platform.ts";

await installPlatform();
const { stdout, status, error } = spawnSync("tsc", ["--project", "infra", "--pretty", "false"], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
if (error) throw error;

// A remark is a line that begins with its file, and indented lines that belong to it.
const remarks = stdout.split(/\n(?=\S)/).filter((remark) => remark && !remark.startsWith(".sst/"));
for (const remark of remarks) console.error(remark.trimEnd());
// A compiler that ended badly without a word on any file, ours or the platform's, did not check.
if (remarks.length > 0 || (status !== 0 && !stdout.includes(".sst/platform/"))) process.exit(1);
