/** Visits of an ordinary day that arrive at one rate, for as long as the scenario wants to know it. */
import type { Options } from "k6/options";
import { setUp } from "./accounts.ts";
import { optionsOf } from "./options.ts";
import { duration, rate } from "./settings.ts";
import { everydayLimits, thresholds } from "./thresholds.ts";

const target = rate(20);
/** Twice what visits of a whole second would need. */
const vus = Math.max(10, 2 * target);

/**
 * @param seconds how long the rate is held by default
 * @param failed share of requests that may fail
 */
export function everydayOptions(name: string, seconds: number, failed: number): Options {
  const scenario = {
    executor: "ramping-arrival-rate" as const,
    startRate: 1,
    timeUnit: "1s",
    preAllocatedVUs: vus,
    stages: [
      { duration: "15s", target },
      { duration: `${duration(seconds)}s`, target },
      { duration: "5s", target: 1 },
    ],
  };
  return optionsOf(
    name,
    { [name]: scenario },
    thresholds({ scenario: name, limits: everydayLimits, failed }),
  );
}

export const everydaySetup = () => setUp({ accounts: 20, registering: vus });
