/** What the rehearsal needs to know about the examples. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Engine } from "sst-ec2/archive";
import { root } from "../../common/root.ts";

const run = promisify(execFile);

/** The programs of the examples, and a line that changes nothing but the program. */
const EDITS: Record<string, string> = {
  "server.ts": 'console.info("changed");\n',
  "worker.ts": 'console.info("changed");\n',
  "web.ts": 'console.info("changed");\n',
  "service/server.py": 'print("changed")\n',
};

/** The image that `container` is built on. */
const BASE = "docker.io/library/python:3.13-slim";

/** Names of the examples: the folders of `examples/`. */
export async function examples(): Promise<string[]> {
  const entries = await readdir(join(root, "examples"), { withFileTypes: true });
  return entries.filter((each) => each.isDirectory()).map(({ name }) => name);
}

/** Changes an app's program. */
export async function edit(folder: string): Promise<void> {
  for (const [file, line] of Object.entries(EDITS))
    if (existsSync(join(folder, file))) return appendFile(join(folder, file), line);
  throw new Error(`none of ${Object.keys(EDITS).join(", ")} is in ${folder}`);
}

/**
 * Without a registry, builds a nearly empty base image of the same name: the emulator runs no instances.
 * `npm run rehearse:boot -- --programs` boots images.
 */
export async function prepareBase(folder: string): Promise<void> {
  if (!existsSync(join(folder, "service/Dockerfile"))) return;
  const { name } = await Engine.find();
  const pulled = await run(name, ["pull", BASE]).then(
    () => true,
    () => false,
  );
  if (pulled) return;
  const context = await mkdtemp(join(tmpdir(), "base-"));
  try {
    await writeFile(join(context, "passwd"), "nobody:x:65534:65534:nobody:/:/bin/false\n");
    await writeFile(join(context, "Dockerfile"), "FROM scratch\nCOPY passwd /etc/\n");
    await run(name, ["build", "--tag", BASE, context]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
