import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { cp, lstat, mkdir, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { root } from "./root.ts";

/**
 * Copies the working tree, committed or not, or a commit, so that a rehearsal sees no edits while it runs
 * and leaves nothing in the checkout. `.sst/platform` of an earlier copy stays: it takes half a minute to
 * install and depends on the version of SST alone.
 *
 * Packages are linked, not copied. Links to workspaces lead into the copy, so that its edits are deployed.
 */
export async function copyCheckout(target: string, commit?: string): Promise<void> {
  await empty(target);
  if (commit === undefined) await copyTree(target);
  else await copyCommit(target, commit);
  const folders = ["", ...(await workspaces())];
  for (const folder of folders) {
    const packages = join(root, folder, "node_modules");
    if (existsSync(packages)) await linkPackages(packages, join(target, folder, "node_modules"));
  }
}

/**
 * Links this checkout's SST platform into a copy with the same version of SST: installing it takes half a
 * minute.
 */
export async function linkPlatform(target: string): Promise<void> {
  const from = join(root, ".sst/platform");
  if (existsSync(from) && (await sstOf(root)) === (await sstOf(target)))
    await symlink(from, join(target, ".sst/platform"));
}

async function sstOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return manifest.devDependencies.sst;
}

async function copyTree(target: string): Promise<void> {
  for (const file of await trackedFiles()) {
    await cp(join(root, file), join(target, file), { recursive: true });
  }
}

async function copyCommit(target: string, commit: string): Promise<void> {
  const git = async (...args: string[]) => promisify(execFile)("git", args, { cwd: root });
  const archive = join(target, ".commit.tar");
  await git("archive", "--output", archive, "--end-of-options", commit).catch((error) => {
    throw new Error(`"${commit}" is no commit here (${error.stderr.trim().split("\n")[0]})`);
  });
  await extract({ file: archive, cwd: target });
  await rm(archive);
}

async function empty(target: string): Promise<void> {
  await mkdir(join(target, ".sst"), { recursive: true });
  const kept = new Set(["platform", "provider-lock.json"]);
  for (const [folder, keep] of [
    [target, new Set([".sst"])],
    [join(target, ".sst"), kept],
  ] as const) {
    for (const entry of await readdir(folder)) {
      if (!keep.has(entry)) await rm(join(folder, entry), { recursive: true, force: true });
    }
  }
}

/** Files that git tracks or would track, except deleted ones. */
async function trackedFiles(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  return [...new Set(stdout.split("\0"))].filter((file) => file && existsSync(join(root, file)));
}

async function workspaces(): Promise<string[]> {
  const { workspaces } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return globSync(workspaces, { cwd: root });
}

async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from)) {
    const source = join(from, entry);
    if (entry === ".cache" || entry === ".vite") continue;
    const scope = entry.startsWith("@") && (await holdsLinks(source));
    if (scope) await linkPackages(source, join(to, entry));
    else await link(source, join(to, entry));
  }
}

/** Whether a scope's folder contains links to workspaces. */
async function holdsLinks(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.some((each) => each.isSymbolicLink());
}

/** Links a package; a workspace's link keeps its relative target and so stays in the copy. */
async function link(source: string, target: string): Promise<void> {
  const isLink = (await lstat(source)).isSymbolicLink();
  const to = isLink ? await readlink(source) : relative(dirname(target), source);
  await symlink(to, target);
}
