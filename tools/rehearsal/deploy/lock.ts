import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { identityOf } from "@steadfast/local";
import { paths } from "./paths.ts";

/** A process, distinguished from a later one with the same id. */
interface Owner {
  pid: number;
  /** See {@link identityOf}. */
  identity: string;
}

let taken: string | undefined;

/**
 * Lets only one rehearsal per checkout run at a time: they share the copy and the logs. A lock of a
 * process that is gone does not count, even if its id was reused.
 *
 * @param file The lock file.
 * @throws with the other process's id
 */
export async function takeLock(file = join(paths.home, "lock")): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) }));
  try {
    if (!(await isLinked(mine, file))) {
      const owner = await runningOwner(file);
      if (owner) throw takenBy(owner);
      await rm(file, { force: true });
      if (!(await isLinked(mine, file))) throw takenBy(await runningOwner(file));
    }
  } finally {
    await rm(mine, { force: true });
  }
  taken = file;
}

/** Releases the lock if this process holds it. */
export async function releaseLock(): Promise<void> {
  if (taken) await rm(taken, { force: true });
}

/** Creates the lock with its content atomically; false if it exists. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function takenBy(owner: Owner | undefined): Error {
  const which = owner ? ` (process ${owner.pid})` : "";
  return new Error(`another rehearsal of this checkout is running${which}`);
}

async function runningOwner(file: string): Promise<Owner | undefined> {
  try {
    const owner: Owner = JSON.parse(await readFile(file, "utf8"));
    const runs = owner.identity !== undefined && identityOf(owner.pid) === owner.identity;
    return runs ? owner : undefined;
  } catch {
    return undefined;
  }
}
