import { timeChart } from "../../tools/common/chart.ts";
import type { Recording, Sample } from "./watch/recorder.ts";

/**
 * Draws a recording as an SVG: the request rate, and below it on the same time axis what was
 * watched. Setup and teardown are shaded.
 */
export function drawChart({ panels, samples }: Recording): string {
  const requests = { label: "requests", points: pointsOf(samples, ({ rate }) => rate) };
  return timeChart({
    title: "Requests, and what was watched",
    panels: [
      { title: "Requests, /s", series: [requests] },
      ...panels.map(({ title, unit, series }) => ({
        title: unit ? `${title}, ${unit}` : title,
        series: series.map(({ key, label }) => ({
          label,
          points: pointsOf(samples, ({ values }) => values[key]),
        })),
      })),
    ],
    shaded: samples.flatMap(({ at, users }, index) =>
      users > 0 ? [] : [{ from: samples[index - 1]?.at ?? 0, to: at }],
    ),
  });
}

function pointsOf(samples: Sample[], read: (sample: Sample) => number | undefined) {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
}
