import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { UserDataArgs } from "../../src/boot/args.ts";
import { renderUserData } from "../../src/boot/user-data.ts";

/**
 * Runs the part of a user data that writes files, into a folder instead of the system.
 * @returns where the units are
 */
export function writeFiles(args: UserDataArgs, root: string): string {
  const text = renderUserData(args);
  const functions = text.slice(0, text.indexOf("set -euo pipefail\nset -o allexport"));
  const units = join(root, "etc/systemd/system");
  const opt = join(root, "opt", args.service);
  const write = 'write() { mkdir --parents "$(dirname "$1")"; cat >"$1"; }';
  const script = `${functions}\n${write}\nsettings | write "$root/settings"\nwrite_files`;
  execFileSync("bash", ["-euc", script], { env: { ...process.env, units, root: opt } });
  return units;
}

/** Where programs are, as units name them. */
const PROGRAMS = [
  ...["bin/bash", "bin/true", "bin/sleep", "usr/bin/python3"],
  ...["opt/api/runtime/bin/node", "opt/api/app/server"],
  ...["opt/bin/server", "usr/bin/server", "bin/server"],
];

export const hasSystemd: boolean = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** What systemd's own parser says of all units, in a root that has what they refer to; empty when that is nothing. */
export function verifyUnits(args: UserDataArgs, root: string): string {
  const units = writeFiles(args, root);
  const names = readdirSync(units).filter((name) => !name.endsWith(".d"));
  for (const target of ["basic", "multi-user", "network-online", "shutdown", "sockets", "sysinit"])
    writeFileSync(join(units, `${target}.target`), "[Unit]\nDefaultDependencies=no\n");
  for (const program of PROGRAMS) {
    const path = join(root, program);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "#!/bin/sh\n", { mode: 0o755 });
  }
  const flags = ["verify", "--man=no", "--recursive-errors=no", `--root=${root}`];
  const { status, stdout, stderr } = spawnSync(
    "systemd-analyze",
    [...flags, ...names.map((name) => name.replace("@.", "@1."))],
    { encoding: "utf8" },
  );
  return status === 0 ? stdout + stderr : `status ${status}: ${stdout}${stderr}`;
}
