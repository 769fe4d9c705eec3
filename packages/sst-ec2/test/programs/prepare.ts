/** Installs the programs that the tests run, once for each lock file. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = import.meta.dirname;
const LOCK = join(FOLDER, "package-lock.json");
/** The lock file as it was when everything was installed. */
const INSTALLED = join(FOLDER, "node_modules/.installed");
/** Where Next.js puts a server that needs nothing else. */
const STANDALONE = join(FOLDER, "next/.next/standalone");

/** @returns the file of Next.js's server */
export function preparePrograms(): string {
  const server = join(STANDALONE, "next/server.js");
  const same = existsSync(INSTALLED) && readFileSync(INSTALLED).equals(readFileSync(LOCK));
  if (same && existsSync(server)) return server;
  const run = (command: string, args: string[], cwd: string) =>
    execFileSync(command, args, {
      cwd,
      stdio: "pipe",
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    });
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], FOLDER);
  const next = join(FOLDER, "node_modules/next/dist/bin/next");
  run(process.execPath, [next, "build"], join(FOLDER, "next"));
  copyFileSync(LOCK, INSTALLED);
  return server;
}
