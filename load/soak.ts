/**
 * Soak: an ordinary day for hours. What leaks or fills up shows late.
 *
 * Open, at one rate: a closed load would ease off when the API slows down after an hour, and hide
 * what is looked for. Fewer may fail than in a short run, so that a bad minute among many shows.
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
