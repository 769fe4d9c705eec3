/**
 * Average: an ordinary day. Visits arrive evenly, most of them to read.
 *
 * Open: people come whether or not the API answered the one before, so a slow API meets a queue, as
 * in life. The rate is far below what one process can do: what is asked is whether the promises hold.
 */
import type { Options } from "k6/options";
import { type Run, setUp, tearDown } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { everyday, visit } from "./lib/visits.ts";

const target = rate(20);
/** Twice what a visit of a whole second would need. */
const vus = Math.max(10, 2 * target);

export const options: Options = optionsOf(
  "average",
  {
    average: {
      executor: "ramping-arrival-rate",
      startRate: 1,
      timeUnit: "1s",
      preAllocatedVUs: vus,
      stages: [
        { duration: "30s", target },
        { duration: `${duration(300)}s`, target },
        { duration: "10s", target: 1 },
      ],
    },
  },
  thresholds({ scenario: "average", limits: everydayLimits }),
);

export const setup = () => setUp({ accounts: 20, registering: vus });
export const teardown = tearDown;

export default function average(run: Run): void {
  visit(everyday, run);
}
