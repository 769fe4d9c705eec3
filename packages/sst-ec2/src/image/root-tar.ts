/** An image's root file system as an archive that is the same wherever and whenever it is made. */
import { createReadStream, createWriteStream } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { extract, type Header, pack } from "tar-stream";
import type { Accounts } from "./config.ts";

/** What every entry is dated: tar's epoch plus a day, which no time zone turns into a negative time. */
const MODIFIED = new Date(86_400_000);

/** What the instance mounts over, so that nothing that is below would ever be seen. */
const MOUNTED = /^(dev|proc|sys|run)\//;

/** Folders that must be there to be mounted over, and Docker's own files that the host's are bound to. */
const FOLDERS = ["dev", "proc", "sys", "run", "tmp", "var", "var/tmp", "etc"];
const BOUND = ["etc/hosts", "etc/hostname", "etc/resolv.conf"];

/** Where programs look for the authorities that they trust, by distribution. */
const AUTHORITIES = [
  "etc/ssl/certs/ca-certificates.crt",
  "etc/pki/tls/certs/ca-bundle.crt",
  "etc/ssl/cert.pem",
];

/** What the archive's content says. */
export interface Root {
  accounts: Accounts;
  /** Whether the image brings authorities to trust; without them HTTPS fails. */
  hasAuthorities: boolean;
}

/**
 * Writes `from`, a tar of an image's files, as `to`, a gzipped one: fixed dates, numeric owners, no devices,
 * no extended attributes, and the folders that an instance mounts over.
 */
export async function normalise(from: string, to: string): Promise<Root> {
  const found = new Set<string>();
  const texts: Record<string, string> = {};
  const input = extract();
  const output = pack();
  const copy = async () => {
    for await (const entry of input) {
      const name = entry.header.name.replace(/^(\.?\/)+/, "").replace(/\/$/, "");
      if (!belongs(name, entry.header)) {
        entry.resume();
        continue;
      }
      found.add(name);
      const header = plain(entry.header, name);
      if (name === "etc/passwd" || name === "etc/group") {
        texts[name] = await text(entry);
        output.entry(header, texts[name]);
      } else await pipeline(entry, output.entry(header));
    }
    for (const name of FOLDERS.filter((each) => !found.has(each)))
      output.entry({ name, type: "directory", mode: modeOf(name), ...NOBODY });
    for (const name of BOUND) output.entry({ name, mode: 0o644, ...NOBODY }, "");
    output.finalize();
  };
  await Promise.all([
    pipeline(createReadStream(from), input),
    copy(),
    pipeline(output, createGzip({ level: 6 }), createWriteStream(to)),
  ]);
  return {
    accounts: { passwd: texts["etc/passwd"] ?? "", group: texts["etc/group"] ?? "" },
    hasAuthorities: AUTHORITIES.some((each) => found.has(each)),
  };
}

/** Of a new entry. */
const NOBODY = { uid: 0, gid: 0, mtime: MODIFIED };

const modeOf = (folder: string) => (folder.endsWith("tmp") ? 0o1777 : 0o755);

/** Devices and pipes an image can only bring along by mistake. */
const TYPES = ["file", "contiguous-file", "directory", "symlink", "link"];

const belongs = (name: string, { type }: Header) =>
  name !== "" &&
  name !== ".dockerenv" &&
  !MOUNTED.test(name) &&
  !BOUND.includes(name) &&
  TYPES.includes(type ?? "file");

function plain({ type, mode, uid, gid, size, linkname }: Header, name: string): Header {
  const target = type === "link" ? linkname?.replace(/^(\.?\/)+/, "") : linkname;
  return {
    ...{ name, uname: "", gname: "", mtime: MODIFIED },
    ...{ type, mode, uid, gid, size, linkname: target },
  } as Header;
}
