/** Makes the changes of a plan. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Change } from "./plan.ts";

/**
 * Removes and rewrites files, then lets the linter take away the imports that nobody uses any more, and npm
 * the packages of the lock file. Needs no network.
 */
export function apply(root: string, changes: readonly Change[]): void {
  for (const { file, text } of changes) {
    const path = join(root, file);
    if (text !== undefined) writeFileSync(path, text);
    else {
      rmSync(path);
      removeEmpty(root, dirname(path));
    }
  }
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const edited = changes.filter(({ text }) => text !== undefined).map(({ file }) => file);
  const sources = edited.filter((file) => /\.(ts|json)$/.test(file) && file !== "sst-env.d.ts");
  const biome = join(root, "node_modules/.bin/biome");
  if (existsSync(biome)) {
    const quiet = ["--write", "--log-level=error"];
    run(biome, "lint", "--only=correctness/noUnusedImports", "--unsafe", ...quiet, ...sources);
    run(biome, "check", ...quiet, ...sources);
  }
  if (edited.some((file) => file.endsWith("package.json")))
    run(
      "npm",
      "install",
      "--package-lock-only",
      "--offline",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
    );
}

/** Removes folders that have become empty. */
function removeEmpty(root: string, folder: string): void {
  const left = readdirSync(folder).filter((name) => name !== "node_modules");
  if (folder === root || left.length > 0) return;
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  rmdirSync(folder);
  removeEmpty(root, dirname(folder));
}
