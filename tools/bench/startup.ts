import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import getPort from "get-port";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "sst-ec2/helpers";
import { bundle } from "../build/bundle.ts";
import type { Setting } from "./setting.ts";

/** How often it is asked whether it answers, in milliseconds. */
const POLL = 5;

/**
 * How long the bundle that an instance runs takes from the start of its process to its first answer
 * out of the database, in milliseconds; the median of some starts. Reading the links from SSM, which
 * an instance does before, is not in it.
 */
export async function measureStartUp(setting: Setting, times = 9): Promise<number> {
  const folder = join(setting.folder, "start-up");
  await bundle({ entry: "packages/api/src/server.ts", folder });
  const taken: number[] = [];
  for (let i = 0; i < times; i++) taken.push(await startOnce(folder, setting));
  return taken.toSorted((a, b) => a - b)[times >> 1] as number;
}

async function startOnce(folder: string, { environment, data }: Setting): Promise<number> {
  const port = await getPort();
  const started = performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, join(folder, "start.mjs")], {
    env: { ...process.env, ...NODE_ENVIRONMENT, ...environment, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/users/${data.users[0]}`).catch(() => {});
      if (answer?.ok) return performance.now() - started;
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
      await sleep(POLL);
    }
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  }
}
