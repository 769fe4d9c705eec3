/**
 * Classic: the load test of the system that Steadfast replaces, with its numbers. 100 users arrive
 * at 10 a second and stay for 10 minutes; each waits 1 to 5 s, then opens the docs (weight 1) or
 * registers somebody (weight 3).
 *
 * Closed model, like the original: each user waits for the answer before the next request, so a slow
 * API gets fewer requests.
 *
 * @question How does it do in the original's load test?
 * @model closed
 */
import { sleep } from "k6";
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { duration, users } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { look, type Mix, signUp, visit } from "./lib/visits.ts";

const ARRIVALS_PER_SECOND = 10;

const vus = users(100);
const ramp = Math.ceil(vus / ARRIVALS_PER_SECOND);
const mix: Mix = [
  [1, look],
  [3, signUp],
];

export const options: Options = optionsOf(
  "classic",
  {
    classic: {
      executor: "ramping-vus",
      startVUs: 0,
      stages: [
        { duration: `${ramp}s`, target: vus },
        // The ten minutes include the ramp.
        { duration: `${Math.max(duration(600) - ramp, 1)}s`, target: vus },
      ],
      gracefulStop: "30s",
    },
  },
  thresholds({
    scenario: "classic",
    limits: {
      "GET /docs": everydayLimits["GET /docs"] as [number, number],
      "POST /users/": everydayLimits["POST /users/"] as [number, number],
    },
    failed: 0,
  }),
);

export const setup = () => setUp({ registering: vus });
export const teardown = tearDown;

export default function classic(run: Run): void {
  sleep(1 + 4 * Math.random());
  visit(mix, run);
}
