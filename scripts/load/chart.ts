import { escapeHtml } from "./html.ts";
import type { Recording, Sample } from "./watch/recorder.ts";
import { format } from "./watch/watcher.ts";

const WIDTH = 900;
const LEFT = 60;
const RIGHT = 150;
const HEIGHT = 110;
const GAP = 46;
const COLOURS = ["#7d64ff", "#e0762f", "#2a9d6f"];

interface Line {
  label: string;
  points: { at: number; value: number }[];
}

/**
 * Draws a recording as an SVG: the request rate, and below it on the same time axis what was
 * watched. Setup and teardown are shaded.
 */
export function drawChart({ panels, samples }: Recording): string {
  const end = Math.max(samples.at(-1)?.at ?? 0, 1);
  const rows = [
    { title: "Requests", unit: "/s", lines: [lineOf("requests", samples, ({ rate }) => rate)] },
    ...panels.map(({ title, unit, series }) => ({
      title,
      unit,
      lines: series.map(({ key, label }) => lineOf(label, samples, ({ values }) => values[key])),
    })),
  ];
  const height = rows.length * (HEIGHT + GAP) + 20;
  const body = rows.map((row, index) => {
    const top = index * (HEIGHT + GAP) + 26;
    return `<g transform="translate(${LEFT} ${top})">${drawRow(row, samples, end)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...body,
    "</svg>",
  ].join("\n");
}

function lineOf(
  label: string,
  samples: Sample[],
  read: (sample: Sample) => number | undefined,
): Line {
  const points = samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
  return { label, points };
}

function drawRow(
  { title, unit, lines }: { title: string; unit: string; lines: Line[] },
  samples: Sample[],
  end: number,
): string {
  const width = WIDTH - LEFT - RIGHT;
  const top = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  const x = (at: number) => ((at / end) * width).toFixed(1);
  const y = (value: number) => (HEIGHT - (value / top) * HEIGHT).toFixed(1);
  const grid = [0, top / 2, top].map(
    (value) =>
      `<path d="M0 ${y(value)}H${width}" stroke="#ddd"/>` +
      `<text x="-8" y="${y(value)}" dy="4" text-anchor="end" fill="#555">${format(value)}</text>`,
  );
  const drawn = lines.map(({ label, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    // Thinner than the one before, which shows at its sides where the two are the same.
    const thickness = 2 * (lines.length - index);
    const path = points.map(({ at, value }) => `${x(at)} ${y(value)}`).join("L");
    return (
      (path && `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="${thickness}"/>`) +
      `<text x="${width + 12}" y="${14 + index * 18}" fill="${colour}">${escapeHtml(label)}</text>`
    );
  });
  const minutes = [0, 0.5, 1].map(
    (part) =>
      `<text x="${x(end * part)}" y="${HEIGHT + 16}" text-anchor="middle" fill="#555">${Math.round(end * part)} s</text>`,
  );
  const heading = `<text y="-8" font-weight="600" fill="#222">${escapeHtml(title)}${unit && `, ${escapeHtml(unit)}`}</text>`;
  return [shade(samples, x), ...grid, ...drawn, ...minutes, heading].join("");
}

/** Marks the times at which no user was at work. */
function shade(samples: Sample[], x: (at: number) => string): string {
  return samples
    .map(({ at, users }, index) => {
      const from = samples[index - 1]?.at ?? 0;
      const width = Number(x(at)) - Number(x(from));
      return users > 0
        ? ""
        : `<rect x="${x(from)}" width="${width.toFixed(1)}" height="${HEIGHT}" fill="#f0f0f0"/>`;
    })
    .join("");
}
