/** Charts as SVG for reports and docs, drawn by Observable Plot without a browser. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

// Plot wants a browser's document; linkedom's has what it uses.
const { document } = parseHTML("<html></html>");

const WIDTH = 900;
const HEADING = 30;
const COLOURS = ["#4a7fb5", "#c62828", "#2a9d6f", "#e08a00"];
const COMMON = { document, width: WIDTH, marginLeft: 60, style: { background: "none" } };

/** Values over time, in seconds. */
export interface Series {
  label: string;
  points: { at: number; value: number }[];
  /** `bars` fill the second after each point. @default "line" */
  kind?: "line" | "bars";
}

/** Series that share a scale. */
export interface Panel {
  title: string;
  series: Series[];
}

export interface TimeChart {
  title: string;
  panels: Panel[];
  /** Unit of time. @default "s" */
  unit?: string;
  /** Moments to mark in every panel. */
  moments?: { at: number; label: string }[];
  /** Stretches of time to shade. */
  shaded?: { from: number; to: number }[];
}

/** Draws panels below each other on one time axis. */
export function timeChart({
  title,
  panels,
  moments = [],
  shaded = [],
  unit = "s",
}: TimeChart): string {
  const times = panels.flatMap(({ series }) => series.flatMap(({ points }) => points));
  const end = Math.max(1, ...times.map(({ at }) => at));
  // Labels alternate between two lines, so that close moments do not overlap.
  const labels = moments.map((moment, index) => ({ ...moment, line: index % 2 }));
  const plots = panels.map((panel, index) => {
    const marked = index === 0 && labels.length > 0;
    return Plot.plot({
      ...COMMON,
      height: marked ? 210 : 170,
      marginTop: marked ? 70 : 30,
      marginRight: 150,
      x: { domain: [0, end], label: null, tickFormat: (at: number) => `${at} ${unit}` },
      y: { grid: true, zero: true, nice: true, label: panel.title, labelArrow: "none", ticks: 4 },
      marks: [
        Plot.rectX(shaded, { x1: "from", x2: "to", fill: "#f0f0f0" }),
        panel.series.flatMap(drawSeries),
        Plot.ruleX(labels, { x: "at", stroke: "#555", strokeDasharray: "3 3" }),
        marked ? [0, 1].map((line) => momentLabels(labels, line, end)) : [],
        Plot.ruleY([0]),
      ],
    });
  });
  return page(title, plots);
}

function drawSeries({ label, points, kind }: Series, index: number): Plot.Markish[] {
  const color = COLOURS[index % COLOURS.length] as string;
  const drawn =
    kind === "bars"
      ? Plot.rectY(points, {
          x1: "at",
          x2: ({ at }) => at + 1,
          y: "value",
          fill: color,
          clip: true,
        })
      : Plot.lineY(points, { x: "at", y: "value", stroke: color, strokeWidth: 2 });
  const place = { frameAnchor: "top-right", textAnchor: "start", dx: 12, dy: index * 18 } as const;
  return [drawn, Plot.text([label], { ...place, text: (text) => text, fill: color })];
}

function momentLabels(
  labels: { at: number; label: string; line: number }[],
  line: number,
  end: number,
) {
  return [false, true].map((late) =>
    Plot.text(
      labels.filter((each) => each.line === line && each.at > end * 0.7 === late),
      {
        x: "at",
        text: "label",
        frameAnchor: "top",
        textAnchor: late ? "end" : "start",
        dy: -14 - line * 14,
      },
    ),
  );
}

export interface BarChart {
  title: string;
  bars: { group: string; label: string; value: number; color: string }[];
  /** Where the logarithmic scale begins. */
  from: number;
}

/** Draws grouped bars on a logarithmic scale. */
export function barChart({ title, bars, from }: BarChart): string {
  const color = new Map(bars.map((bar) => [bar.label, bar.color]));
  const order = [...color.keys()];
  const groups = [...new Set(bars.map(({ group }) => group))];
  const plot = Plot.plot({
    ...COMMON,
    height: groups.length * (order.length * 18 + 34) + 30,
    marginLeft: 230,
    marginRight: 60,
    x: { type: "log", domain: [from, Math.max(...bars.map(({ value }) => value))], axis: null },
    y: { domain: order, label: null, tickSize: 0 },
    fy: { domain: groups, axis: null, padding: 0.2 },
    color: { domain: order, range: [...color.values()] },
    marks: [
      Plot.barX(bars, { x1: () => from, x2: "value", y: "label", fy: "group", fill: "label" }),
      Plot.text(bars, {
        x: "value",
        y: "label",
        fy: "group",
        text: ({ value }) => value.toFixed(0),
        textAnchor: "start",
        dx: 5,
      }),
      Plot.text(groups, {
        fy: (group) => group,
        text: (group) => group,
        frameAnchor: "top-left",
        dx: -222,
        dy: -14,
        fontWeight: "bold",
      }),
    ],
  });
  return page(title, [plot]);
}

/** Combines plots into one picture with a title. Grey text reads on light and dark pages. */
function page(title: string, plots: ReturnType<typeof Plot.plot>[]): string {
  let height = HEADING;
  for (const plot of plots) {
    plot.setAttribute("y", String(height));
    height += Number(plot.getAttribute("height"));
  }
  const heading = document.createElementNS("http://www.w3.org/2000/svg", "text");
  heading.setAttribute("x", "8");
  heading.setAttribute("y", "18");
  heading.setAttribute("font-size", "13");
  heading.setAttribute("font-weight", "600");
  heading.textContent = title;
  const body = [heading, ...plots].map((each) => each.outerHTML).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" font-family="system-ui, sans-serif" fill="#7d8590" color="#7d8590" role="img">\n${body}\n</svg>\n`;
}
