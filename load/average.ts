/**
 * Average: an ordinary day. Visits arrive evenly, most of them to read.
 *
 * Open model: visitors arrive whether or not the API has answered the previous one, so a slow API
 * builds a queue, as in real life. The rate is far below one process's capacity: the question is
 * whether the promises hold.
 *
 * @question Does an ordinary day go well?
 * @model open
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
