import { timeChart } from "../../common/chart.ts";
import type { Moment } from "./checks/replacement.ts";
import type { Sample } from "./load/load.ts";
import { perSecond } from "./load/statistics.ts";

/** Draws requests, failures and the p99 of each second, with the moments of the replacement. */
export function chart(samples: Sample[], moments: Moment[]): string {
  const seconds = perSecond(samples);
  const first = Math.min(...samples.map(({ at }) => at));
  const failed = samples.filter(({ ok }) => !ok).length;
  const pointsOf = (key: "requests" | "failed" | "p99") =>
    seconds.map((each) => ({ at: each.second, value: each[key] }));
  return timeChart({
    title: `${samples.length} requests, ${failed} failed`,
    panels: [
      {
        title: "Requests, /s",
        series: [
          { label: "requests", points: pointsOf("requests"), kind: "bars" },
          { label: "failed", points: pointsOf("failed"), kind: "bars" },
        ],
      },
      { title: "p99, ms", series: [{ label: "p99", points: pointsOf("p99") }] },
    ],
    moments: moments.map(({ at, what }) => ({ at: (at - first) / 1000, label: what })),
  });
}
