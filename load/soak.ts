/**
 * Soak: an ordinary day for hours. What leaks or fills up shows late.
 *
 * Open, at one rate: a closed load would ease off when the API slows down after an hour, and hide
 * what is looked for.
 */
import type { Options } from "k6/options";
import { type Run, setUp, tearDown } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { everyday, visit } from "./lib/visits.ts";

const target = rate(20);
const vus = Math.max(10, 2 * target);

export const options: Options = optionsOf(
  "soak",
  {
    soak: {
      executor: "constant-arrival-rate",
      rate: target,
      timeUnit: "1s",
      duration: `${duration(2 * 3600)}s`,
      preAllocatedVUs: vus,
    },
  },
  thresholds({ scenario: "soak", limits: everydayLimits, failed: 0.001 }),
);

export const setup = () => setUp({ accounts: 20, registering: vus });
export const teardown = tearDown;

export default function soak(run: Run): void {
  visit(everyday, run);
}
