/** What a new name changes in a checkout. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renameIn } from "./names.ts";

/** A file that has the name, in its text or in its path. */
export interface Change {
  file: string;
  /** Its path afterwards, where that changes. */
  to: string;
  places: number;
  /** Its text afterwards. */
  text: string;
}

/** Not the app's: who holds the copyright does not change with its name. */
const KEPT = new Set(["LICENSE"]);

/** Everything that would change, by file. @throws outside of a git checkout */
export function planOf(root: string, from: string, to: string): Change[] {
  return trackedFiles(root).flatMap((file) => {
    if (KEPT.has(file)) return [];
    const path = renameIn(file, from, to).text;
    const text = readFileSync(join(root, file), "utf8");
    // Pictures and the like.
    if (text.includes("\0")) return path === file ? [] : [{ file, to: path, places: 0, text: "" }];
    const renamed = renameIn(text, from, to);
    if (renamed.places === 0 && path === file) return [];
    return [{ file, to: path, ...renamed }];
  });
}

function trackedFiles(root: string): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const output = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  return [...new Set(output.split("\0"))].filter((file) => file && existsSync(join(root, file)));
}

/** Makes the changes, and lets the installed workspaces be found under their new scope. */
export function apply(root: string, changes: Change[], from: string, to: string): void {
  for (const { file, to: path, places, text } of changes) {
    if (places > 0) writeFileSync(join(root, file), text);
    if (path === file) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    renameSync(join(root, file), join(root, path));
  }
  const scope = join(root, "node_modules", `@${from}`);
  if (existsSync(scope)) renameSync(scope, join(root, "node_modules", `@${to}`));
  const biome = join(root, "node_modules/.bin/biome");
  // Names of another length and order: lines break elsewhere, and imports are sorted.
  if (existsSync(biome)) execFileSync(biome, ["check", "--write"], { cwd: root, stdio: "ignore" });
}
