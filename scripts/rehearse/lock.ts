import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "./paths.ts";

const file = join(paths.home, "lock");
let taken = false;

/**
 * Lets one rehearsal of a checkout run at a time: they share the copy and the logs.
 *
 * @throws with the other one's process id
 */
export async function takeLock(): Promise<void> {
  await mkdir(paths.home, { recursive: true });
  const owner = Number(await readFile(file, "utf8").catch(() => 0));
  if (owner && isAlive(owner)) {
    throw new Error(`another rehearsal of this checkout is running (process ${owner})`);
  }
  await writeFile(file, String(process.pid));
  taken = true;
}

/** Lets the next one run. */
export async function releaseLock(): Promise<void> {
  if (taken) await rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
