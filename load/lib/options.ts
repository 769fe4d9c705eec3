import type { Options, Scenario } from "k6/options";
import { cloud } from "./settings.ts";

/** Options that all scenarios share. */
export function optionsOf(
  name: string,
  scenarios: Record<string, Scenario>,
  thresholds: NonNullable<Options["thresholds"]>,
): Options {
  return {
    scenarios,
    thresholds,
    setupTimeout: "2m",
    // Deleting a user takes a second or more, after a log-in that hashes.
    teardownTimeout: "60m",
    summaryTrendStats: ["avg", "min", "med", "p(95)", "p(99)", "max", "count"],
    // `url` would create a time series per id; `name` is the route's pattern.
    systemTags: [
      "status",
      "method",
      "name",
      "group",
      "check",
      "error",
      "scenario",
      "expected_response",
    ],
    userAgent: "steadfast-load",
    cloud: cloud(name),
  };
}
