/**
 * Stress: a busy day. The rate of the average scenario, then two, three and four times as much, each
 * held for a while, and back.
 *
 * Open: what is asked is whether the API keeps up with a rate, which a closed load would lower by
 * itself as soon as it does not.
 */
import type { Options } from "k6/options";
import { type Run, setUp, tearDown } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { everyday, visit } from "./lib/visits.ts";

const STEPS = [1, 2, 3, 4];
const RAMP_SECONDS = 10;

const base = rate(20);
const vus = Math.max(20, 4 * base);
/** All steps together take the duration. */
const hold = Math.max(1, Math.round(duration(480) / STEPS.length) - RAMP_SECONDS);

export const options: Options = optionsOf(
  "stress",
  {
    stress: {
      executor: "ramping-arrival-rate",
      startRate: 1,
      timeUnit: "1s",
      preAllocatedVUs: vus,
      stages: [
        ...STEPS.flatMap((step) => [
          { duration: `${RAMP_SECONDS}s`, target: step * base },
          { duration: `${hold}s`, target: step * base },
        ]),
        { duration: `${RAMP_SECONDS}s`, target: 1 },
      ],
    },
  },
  thresholds({ scenario: "stress", limits: everydayLimits, failed: 0.02, slack: 2 }),
);

export const setup = () => setUp({ accounts: 40, registering: vus });
export const teardown = tearDown;

export default function stress(run: Run): void {
  visit(everyday, run);
}
