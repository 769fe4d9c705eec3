/**
 * Soak: an ordinary day for hours. Leaks and filling disks show late.
 *
 * Open model at a constant rate: a closed load would ease off when the API slows down, and hide what
 * we look for. Fewer requests may fail than in a short run, so that one bad minute shows.
 *
 * @question Does anything leak or slow down over hours?
 * @model open
 */
import { everydayOptions, everydaySetup } from "./lib/everyday.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { everyday, visit } from "./lib/visits.ts";

const SECONDS = 2 * 60 * 60;

export const options = everydayOptions("soak", SECONDS, 0.001);
export const setup = everydaySetup;
export const teardown = tearDown;

export default function soak(run: Run): void {
  visit(everyday, run);
}
