/**
 * Stress: a busy day. The average scenario's rate, then two, three and four times as much. Each step
 * has its own promises, so that the report says which was too much.
 *
 * Open model: the question is whether the API keeps up with a rate, which a closed load would lower
 * as soon as it does not.
 *
 * @question Does a busy day, up to four times the ordinary one?
 * @model open
 */
import exec from "k6/execution";
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, overallThresholds, thresholds } from "./lib/thresholds.ts";
import { secondsSinceStart } from "./lib/time.ts";
import { everyday, visit } from "./lib/visits.ts";

const RAMP_SECONDS = 10;
/** Share of requests that may fail. */
const FAILED = 0.02;

const base = rate(20);
const rates = [1, 2, 3, 4].map((step) => step * base);
const vus = Math.max(20, 4 * base);
/** All steps together take the duration. */
const hold = Math.max(1, Math.round(duration(480) / rates.length) - RAMP_SECONDS);

export const options: Options = optionsOf(
  "stress",
  {
    stress: {
      executor: "ramping-arrival-rate",
      startRate: 1,
      timeUnit: "1s",
      preAllocatedVUs: vus,
      stages: [
        ...rates.flatMap((target) => [
          { duration: `${RAMP_SECONDS}s`, target },
          { duration: `${hold}s`, target },
        ]),
        { duration: `${RAMP_SECONDS}s`, target: 1 },
      ],
    },
  },
  {
    ...thresholds({ scenario: "stress", limits: everydayLimits, failed: FAILED, slack: 2 }),
    ...Object.assign({}, ...rates.map((step) => overallThresholds(`step:${step}`, FAILED))),
  },
);

export const setup = () => setUp({ accounts: 40, registering: vus });
export const teardown = tearDown;

export default function stress(run: Run): void {
  const step = stepAt(secondsSinceStart());
  const { tags } = exec.vu.metrics;
  if (step) tags.step = step;
  else delete tags.step;
  visit(everyday, run);
}

/** @returns the rate of the step at that time, if any */
function stepAt(seconds: number): number | undefined {
  const each = RAMP_SECONDS + hold;
  return seconds % each < RAMP_SECONDS ? undefined : rates[Math.floor(seconds / each)];
}
