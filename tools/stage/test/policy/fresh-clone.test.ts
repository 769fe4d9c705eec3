/** Messages of commands on a fresh clone, before SST's platform is installed. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the word that the platform is installed keeps out of what a program reads", () => {
  const clone = mkdtempSync(join(tmpdir(), "steadfast-clone-"));
  writeFileSync(join(clone, "npx"), "#!/bin/sh\necho 'sst says something'\n");
  chmodSync(join(clone, "npx"), 0o755);
  const program = `
    import { installPlatform } from "${join(process.cwd(), "tools/stage/graph/platform.ts")}";
    await installPlatform("${clone}");
    console.info("{}");`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { encoding: "utf8", env: { PATH: `${clone}:${process.env.PATH}` } },
  );
  expect(JSON.parse(stdout)).toEqual({});
  expect(stderr).toBe("Installing SST's platform into .sst/platform, once ...\n");
});
