import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { UserDataArgs } from "../../src/boot/args.ts";
import { renderUserData } from "../../src/boot/user-data.ts";

/**
 * Runs the part of a user data that writes files, into a folder instead of the system.
 * @returns where the units are
 */
export function writeFiles(args: UserDataArgs, root: string): string {
  const script = renderUserData(args);
  const part = script.slice(script.indexOf("cat >"), script.indexOf("chmod 755"));
  const units = join(root, "etc/systemd/system");
  const opt = join(root, "opt/api");
  for (const folder of [units, opt]) mkdirSync(folder, { recursive: true });
  execFileSync("bash", ["-euc", part], {
    env: { ...process.env, units, root: opt, service: "api" },
  });
  return units;
}
