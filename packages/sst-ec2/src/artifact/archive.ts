/**
 * Reproducible archives: the same files give the same bytes, wherever and whenever they are packed,
 * so that an archive's hash changes only with its content.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { create } from "tar";

/** A packed archive on disk. */
export interface Archive {
  /** Absolute path of the file. */
  path: string;
  /** File name, `<name>-<first 16 hex digits of the hash>.tar.gz`. */
  key: string;
  /** SHA-256 of the tar inside, 64 hex digits: zlib's output differs between Node versions. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** Date of every entry: a day after the epoch, which no time zone makes negative. */
const MODIFIED = new Date(86_400_000);

/** SHA-256 of the tar in an archive, as 64 hex digits. */
export async function sha256Tar(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), createGunzip(), hash);
  return hash.digest("hex");
}

/**
 * Packs everything in `folder` as `<out>/<name>-<hash>.tar.gz`.
 *
 * Entries are sorted and carry no owner, a fixed date, and mode 644 or 755; the gzip header carries
 * neither a date nor the operating system.
 *
 * @example
 * const archive = await pack({ name: "app-api", folder: "/tmp/bundle", out: "dist" });
 */
export async function pack(args: { name: string; folder: string; out: string }): Promise<Archive> {
  const partial = join(args.out, `.${args.name}-${process.pid}.tar.gz`);
  try {
    await create(
      {
        cwd: args.folder,
        file: partial,
        gzip: { level: 6 },
        portable: true,
        mtime: MODIFIED,
        noDirRecurse: true,
        // `portable` keeps the owner's bits, which a umask may have narrowed.
        onWriteEntry: (entry) => {
          if (entry.stat) entry.stat.mode = entry.stat.mode & 0o100 ? 0o755 : 0o644;
        },
      },
      await filesIn(args.folder),
    );
    return await adopt(partial, args);
  } finally {
    await rm(partial, { force: true });
  }
}

/** The archive of that name in `out`, if it exists and its content matches its name. */
export async function find(args: { name: string; out: string }): Promise<Archive | undefined> {
  for (const key of await readdir(args.out)) {
    const named = /^(.+)-([0-9a-f]{16})\.tar\.gz$/.exec(key);
    if (named?.[1] !== args.name || !named[2]) continue;
    const path = join(args.out, key);
    // An interrupted build may leave an invalid gzip.
    const sha256 = await sha256Tar(path).catch(() => "");
    if (sha256.startsWith(named[2])) return { path, key, sha256, size: (await stat(path)).size };
  }
  return undefined;
}

/** Renames a finished file into place, so that nobody ever sees a partial archive. */
export async function adopt(
  partial: string,
  { name, out }: { name: string; out: string },
): Promise<Archive> {
  const sha256 = await sha256Tar(partial);
  const key = `${name}-${sha256.slice(0, 16)}.tar.gz`;
  const path = join(out, key);
  await rename(partial, path);
  return { path, key, sha256, size: (await stat(path)).size };
}

/** Files below a folder as sorted relative paths; directories need no entries of their own. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
