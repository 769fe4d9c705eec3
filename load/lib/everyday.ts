/** Everyday visits at a constant rate. */
import type { Options } from "k6/options";
import { setUp } from "./accounts.ts";
import { optionsOf } from "./options.ts";
import { duration, rate } from "./settings.ts";
import { everydayLimits, thresholds } from "./thresholds.ts";

const target = rate(20);
/** Twice what visits of a full second would need. */
const vus = Math.max(10, 2 * target);

/**
 * @param seconds default duration at the full rate
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
