import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { list } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { find, pack, sha256Tar } from "../../src/artifact/archive.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "archive-test-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Writes the same two files in another order, at another time, with other rights. */
async function folder(name: string, { reversed = false, mode = 0o644, seconds = 1 } = {}) {
  const path = join(root, name);
  await mkdir(join(path, "bin"), { recursive: true });
  const files = [
    ["bin/run", "#!/bin/sh\n", mode | 0o100],
    ["readme", "hello\n", mode],
  ] as const;
  for (const [file, text, rights] of reversed ? [...files].reverse() : files) {
    await writeFile(join(path, file), text);
    await chmod(join(path, file), rights);
    await utimes(join(path, file), seconds, seconds);
  }
  return path;
}

async function out(name: string) {
  const path = join(root, name);
  await mkdir(path);
  return path;
}

describe("pack", () => {
  it("gives the same bytes for the same files, whoever made them and when", async () => {
    const first = await pack({ name: "x", folder: await folder("a"), out: await out("out-a") });
    const other = await folder("b", { reversed: true, mode: 0o600, seconds: 1_700_000_000 });
    const second = await pack({ name: "x", folder: other, out: await out("out-b") });
    expect(second.sha256).toBe(first.sha256);
    expect(await readFile(second.path)).toEqual(await readFile(first.path));
  });

  it("is known by its tar, whatever zlib makes of it", async () => {
    const { path, sha256 } = await pack({
      name: "x",
      folder: await folder("a"),
      out: await out("out-a"),
    });
    const other = join(root, "other.tar.gz");
    await writeFile(other, gzipSync(gunzipSync(await readFile(path)), { level: 1 }));
    expect(await readFile(other)).not.toEqual(await readFile(path));
    expect(await sha256Tar(other)).toBe(sha256);
  });

  it("gives another hash when a byte changes", async () => {
    const first = await pack({ name: "x", folder: await folder("a"), out: await out("out-a") });
    const changed = await folder("b");
    await writeFile(join(changed, "readme"), "hullo\n");
    const second = await pack({ name: "x", folder: changed, out: await out("out-b") });
    expect(second.sha256).not.toBe(first.sha256);
  });

  it("names the file by its hash and says its size", async () => {
    const archive = await pack({ name: "x", folder: await folder("a"), out: await out("out") });
    expect(archive.key).toBe(`x-${archive.sha256.slice(0, 16)}.tar.gz`);
    expect(await sha256Tar(archive.path)).toBe(archive.sha256);
    expect((await readFile(archive.path)).length).toBe(archive.size);
  });

  it("sorts the entries, and keeps of their rights only whether they can be run", async () => {
    const source = await folder("a", { reversed: true, mode: 0o600 });
    const archive = await pack({ name: "x", folder: source, out: await out("out") });
    const entries: string[] = [];
    await list({
      file: archive.path,
      onReadEntry: ({ path, mode, uid, mtime }) =>
        entries.push(`${path} ${mode?.toString(8)} ${uid} ${mtime?.toISOString()}`),
    });
    expect(entries).toEqual([
      "bin/run 755 undefined 1970-01-02T00:00:00.000Z",
      "readme 644 undefined 1970-01-02T00:00:00.000Z",
    ]);
  });
});

describe("find", () => {
  it("finds the archive of an earlier build", async () => {
    const place = await out("out");
    const archive = await pack({ name: "x", folder: await folder("a"), out: place });
    expect(await find({ name: "x", out: place })).toEqual(archive);
    expect(await find({ name: "y", out: place })).toBeUndefined();
  });

  it("passes over an archive whose bytes are not what its name says", async () => {
    const place = await out("out");
    const archive = await pack({ name: "x", folder: await folder("a"), out: place });
    await writeFile(archive.path, "half of it");
    expect(await find({ name: "x", out: place })).toBeUndefined();
  });
});
