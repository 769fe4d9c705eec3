import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { extract, type Header, pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normalise } from "../../src/image/root-tar.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "root-tar-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Entry = Partial<Header> & { name: string; text?: string };

let count = 0;

async function normalised(entries: Entry[]) {
  const from = join(folder, `${count}.tar`);
  const to = join(folder, `${count++}.tar.gz`);
  const tar = pack();
  for (const { text = "", ...header } of entries)
    tar.entry(header, header.type && header.type !== "file" ? "" : text);
  tar.finalize();
  writeFileSync(from, await buffer(tar));
  const root = await normalise(from, to);
  const found: Entry[] = [];
  const input = createReadStream(to).pipe(createGunzip()).pipe(extract());
  for await (const entry of input)
    found.push({ ...entry.header, text: (await buffer(entry)).toString() });
  const named = (name: string) => found.find((each) => each.name.replace(/\/$/, "") === name);
  return { root, found, named, bytes: readFileSync(to) };
}

const FILES: Entry[] = [
  { name: "./bin/", type: "directory", mode: 0o755 },
  { name: "./bin/server", mode: 0o4755, uid: 5, gid: 6, uname: "me", text: "program" },
  { name: "./bin/alias", type: "link", linkname: "./bin/server" },
  { name: "./bin/short", type: "symlink", linkname: "server" },
  { name: `./${"long/".repeat(60)}name`, text: "far" },
];

describe("an image's archive", () => {
  test("keeps modes, owners, links and long names", async () => {
    const { named } = await normalised(FILES);
    expect(named("bin/server")).toMatchObject({ mode: 0o4755, uid: 5, gid: 6, uname: "" });
    expect(named("bin/server")?.text).toBe("program");
    expect(named("bin/alias")).toMatchObject({ type: "link", linkname: "bin/server" });
    expect(named("bin/short")).toMatchObject({ type: "symlink", linkname: "server" });
    expect(named(`${"long/".repeat(60)}name`)?.text).toBe("far");
  });

  test("is the same whenever it was built, and by whatever engine", async () => {
    const dated = FILES.map((each) => ({
      ...each,
      mtime: new Date(),
      gname: "staff",
      name: each.name.replace("./", ""),
      ...(each.type === "link" && { linkname: "bin/server" }),
    }));
    const [one, two] = [await normalised(FILES), await normalised(dated)];
    expect(one.bytes.equals(two.bytes)).toBe(true);
  });

  test("is another one when a file's content or right is", async () => {
    const { bytes } = await normalised(FILES);
    for (const change of [{ text: "another" }, { mode: 0o755 }, { uid: 7 }]) {
      const changed = FILES.map((each) =>
        each.name === "./bin/server" ? { ...each, ...change } : each,
      );
      expect((await normalised(changed)).bytes.equals(bytes)).toBe(false);
    }
  });

  test("has neither devices nor what the instance brings itself", async () => {
    const { found } = await normalised([
      { name: "dev/", type: "directory", mode: 0o755 },
      { name: "dev/null", type: "character-device" },
      { name: "proc/1", text: "process" },
      { name: "run/lock", text: "lock" },
      { name: ".dockerenv", text: "" },
      { name: "etc/resolv.conf", type: "symlink", linkname: "/run/resolv.conf" },
      { name: "fifo", type: "fifo" },
    ]);
    const names = found.map(({ name, type }) => `${name} ${type}`).sort();
    expect(names).toEqual([
      ...["dev", "etc"].map((name) => `${name} directory`),
      ...["hostname", "hosts", "resolv.conf"].map((name) => `etc/${name} file`),
      ...["proc", "run", "sys", "tmp", "var", "var/tmp"].map((name) => `${name} directory`),
    ]);
  });

  test("tells who the image's users are, and whether it trusts anybody", async () => {
    const { root } = await normalised([
      { name: "etc/passwd", text: "app:x:10:10::/:/bin/sh\n" },
      { name: "etc/group", text: "app:x:10:\n" },
      { name: "etc/ssl/certs/ca-certificates.crt", text: "---" },
    ]);
    expect(root).toEqual({
      accounts: { passwd: "app:x:10:10::/:/bin/sh\n", group: "app:x:10:\n" },
      hasAuthorities: true,
    });
    expect((await normalised([])).root.hasAuthorities).toBe(false);
  });
});
