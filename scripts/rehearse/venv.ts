import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./paths.ts";
import type { Processes } from "./processes.ts";

export interface VirtualEnvironment {
  /** What it is for, in the message when it cannot be made: `the emulator`. */
  purpose: string;
  /** Its folder. */
  venv: string;
  /** Pinned packages with their hashes. */
  requirements: string;
  /** File for the installers' output. */
  log: string;
}

/**
 * Installs pinned Python packages in a virtual environment, unless they are there.
 *
 * @returns the path of its Python
 * @throws with one line when Python is missing, or the packages cannot be had
 */
export async function installVenv(
  { purpose, venv, requirements, log }: VirtualEnvironment,
  processes: Processes,
): Promise<string> {
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const stamp = join(venv, "requirements.sha256");
  const python = join(venv, "bin/python");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return python;
  const options = { cwd: root, env: process.env, log };
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(log), { recursive: true });
  try {
    await processes.run("python3", ["-m", "venv", venv], options);
  } catch (cause) {
    throw new Error(
      `${purpose} needs python3, 3.11 or later, with its venv module (on Debian the package python3-venv)`,
      { cause },
    );
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await processes.run(python, [...pip, "--require-hashes", "-r", requirements], options);
  await writeFile(stamp, wanted);
  return python;
}
