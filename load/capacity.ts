/**
 * Capacity: everyday visits at a constant rate. It holds when no request fails and 99 of 100 answers
 * without hashing come within 50 ms. `npm run bench -- --carry` searches for the highest such rate.
 *
 * Open model, without a slow beginning: the rate is the question.
 *
 * @question Is this rate carried, with p99 under 50 ms?
 * @model open
 */
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { everyday, visit } from "./lib/visits.ts";

const LIMIT = 50;
const target = rate(20);
/** Enough for visits of half a second. */
const vus = Math.max(20, Math.ceil(target / 2));

const limits = Object.fromEntries(
  Object.entries(everydayLimits).map(([route, usual]) => [
    route,
    route === "POST /users/" || route === "POST /sessions" ? usual : ([LIMIT, LIMIT] as const),
  ]),
);

export const options: Options = optionsOf(
  "capacity",
  {
    capacity: {
      executor: "constant-arrival-rate",
      rate: target,
      timeUnit: "1s",
      duration: `${duration(60)}s`,
      preAllocatedVUs: vus,
    },
  },
  {
    ...thresholds({ scenario: "capacity", limits, failed: 0 }),
    // Visits without a free user: the API is behind.
    dropped_iterations: ["count==0"],
  },
);

// Each writes little more than once a second, as a person at most.
export const setup = () =>
  setUp({ accounts: Math.max(20, Math.ceil(target / 5)), registering: vus });
export const teardown = tearDown;

export default function capacity(run: Run): void {
  visit(everyday, run);
}
