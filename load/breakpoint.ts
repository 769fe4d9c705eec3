/**
 * Breakpoint: the rate rises steadily until a promise is broken, which ends the run. The report
 * shows the rate at that moment.
 *
 * Open model: the rate is what we look for. Nobody registers, so that it measures the API and
 * teardown stays short.
 *
 * @question At what rate does it stop keeping its promises?
 * @model open
 */
import { Gauge } from "k6/metrics";
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { duration, rate } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";
import { secondsSinceStart } from "./lib/time.ts";
import { browse, type Mix, signIn, visit, write } from "./lib/visits.ts";

/** The final rate, if it gets there. */
const top = rate(1000);
const seconds = duration(1200);
/** Scheduled visits a second; the last value is where the run stopped. */
const reached = new Gauge("rate_reached");
const mix: Mix = [
  [70, browse],
  [24, write],
  [6, signIn],
];
const { "POST /users/": _, "GET /docs": __, ...limits } = everydayLimits;

export const options: Options = optionsOf(
  "breakpoint",
  {
    breakpoint: {
      executor: "ramping-arrival-rate",
      startRate: 1,
      timeUnit: "1s",
      preAllocatedVUs: Math.min(200, top),
      maxVUs: 1000,
      stages: [{ duration: `${seconds}s`, target: top }],
    },
  },
  {
    ...thresholds({ scenario: "breakpoint", limits, abort: true }),
    // Visits without a free user: the API is that far behind.
    dropped_iterations: [{ threshold: "count<100", abortOnFail: true }],
  },
);

export const setup = () => setUp({ accounts: 50 });
export const teardown = tearDown;

export default function breakpoint(run: Run): void {
  reached.add(Math.min(top, (top * secondsSinceStart()) / seconds));
  visit(mix, run);
}
