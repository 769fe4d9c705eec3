/**
 * Presses Ctrl-C in the middle of the first deploy of `npm run prove -- --emulator`, and expects that it
 * ends with 130, has removed what was deployed, found nothing left, and says so in its report.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isGroupAlive } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { paths } from "../deploy/paths.ts";
import { readCalls } from "../deploy/report.ts";

const REPORT = join(paths.home, "interrupted.md");

/** By then a deploy has made a good part of what it makes, and is not at its end. */
const MIDDLE = /^CreateLoadBalancer$/;

const child = spawn(
  process.execPath,
  ["tools/rehearsal/prove.ts", "--stage", "interrupted", "--emulator", "--report", REPORT],
  // A group of its own, as a terminal has one: Ctrl-C goes to all of it.
  { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] },
);
let said = "";
child.stdout.setEncoding("utf8").on("data", (text: string) => {
  said += text;
  process.stdout.write(text);
});
const ended = once(child, "exit");
while (child.exitCode === null && !(await isInTheMiddle())) await sleep(200);
assert.equal(child.exitCode, null, "it ended before it was interrupted");
process.kill(-(child.pid as number), "SIGINT");
const [code] = await ended;

assert.equal(code, 130, "exit code");
assert.match(said, /✗ first deploy/);
assert.match(said, /✓ the stage is removed/);
assert.match(said, /✓ leftovers/);
assert.equal(await isGroupAlive(child.pid as number), false, "something of it still runs");
assert.match(await readFile(REPORT, "utf8"), /\*\*Failed\*\*: interrupted/);
console.info("Ctrl-C in the middle of a deploy: the stage is removed, and nothing is left");

async function isInTheMiddle(): Promise<boolean> {
  if (!said.includes("sst secret list")) return false;
  return (await readCalls()).some(({ operation }) => MIDDLE.test(operation));
}
