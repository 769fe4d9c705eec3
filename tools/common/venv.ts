import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandOptions, Processes } from "./processes.ts";
import { root } from "./root.ts";

const STAMP = "requirements.sha256";

export interface VirtualEnvironment {
  /** Purpose, for error messages: `the emulator`. */
  purpose: string;
  /** Folder of the environment. */
  venv: string;
  /** Pinned packages with their hashes. */
  requirements: string;
  /** File for the installers' output. */
  log: string;
}

/**
 * Installs pinned Python packages in a virtual environment if they are missing.
 *
 * @returns the path of its Python
 * @throws one line when Python is missing, or packages cannot be installed
 */
export async function installVenv(
  { purpose, venv, requirements, log }: VirtualEnvironment,
  processes: Processes,
): Promise<string> {
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const python = join(venv, "bin/python");
  if ((await installed(venv)) === wanted) return python;
  const options = { cwd: root, env: process.env, log };
  await mkdir(dirname(log), { recursive: true });
  await mkdir(dirname(venv), { recursive: true });
  // Built beside its place and moved when complete: another process may do the same.
  const fresh = await mkdtemp(`${venv}.`);
  try {
    await makeVenv(purpose, fresh, options, processes);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    // The list is complete, and may leave out a package's dependency on purpose.
    const packages = ["--no-deps", "--require-hashes", "-r", requirements];
    await processes.run(join(fresh, "bin/python"), [...pip, ...packages], options);
    await writeFile(join(fresh, STAMP), wanted);
    await settle(fresh, venv);
    if ((await installed(venv)) !== wanted) {
      await rm(venv, { recursive: true, force: true });
      await rename(fresh, venv);
    }
    return python;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Rewrites the paths in an environment's programs for its final place. */
async function settle(fresh: string, place: string): Promise<void> {
  const folder = join(fresh, "bin");
  const entries = await readdir(folder, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isFile())) {
    const text = await readFile(join(folder, name), "utf8");
    if (!text.startsWith(`#!${fresh}/`)) continue;
    await writeFile(join(folder, name), text.replace(`#!${fresh}/`, `#!${place}/`));
  }
}

/** Hash of the requirements that an environment was built from. */
function installed(venv: string): Promise<string | undefined> {
  return readFile(join(venv, STAMP), "utf8").catch(() => undefined);
}

async function makeVenv(
  purpose: string,
  folder: string,
  options: CommandOptions,
  processes: Processes,
): Promise<void> {
  try {
    await processes.run("python3", ["-m", "venv", folder], options);
  } catch (cause) {
    throw new Error(
      `${purpose} needs python3, 3.11 or later, with its venv module (on Debian the package python3-venv)`,
      { cause },
    );
  }
}
