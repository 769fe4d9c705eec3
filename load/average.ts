/**
 * Average: an ordinary day. Visits arrive evenly, most of them to read.
 *
 * Open: people come whether or not the API answered the one before, so a slow API meets a queue, as
 * in life. The rate is far below what one process can do: what is asked is whether the promises hold.
 */
import { everydayOptions, everydaySetup } from "./lib/everyday.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { everyday, visit } from "./lib/visits.ts";

const SECONDS = 5 * 60;

export const options = everydayOptions("average", SECONDS, 0.01);
export const setup = everydaySetup;
export const teardown = tearDown;

export default function average(run: Run): void {
  visit(everyday, run);
}
