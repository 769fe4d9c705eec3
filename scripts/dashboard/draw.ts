/** A CloudWatch dashboard as SVG. Pure: the same definition gives the same picture. */
import type { Series, SeriesOptions, Widget } from "../../infra/monitoring/dashboard-types.ts";

/** Pixels of one of the dashboard's 24 columns, and of one of its rows. */
const COLUMN = 44;
const ROW = 34;
const GAP = 4;
const FOOTER = 26;

/** Colours of series that have none of their own, in CloudWatch's order. */
const COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2"];

/** Draws all widgets, and a line that says that the curves are made up. */
export function draw(widgets: Widget[]): string {
  const width = 24 * COLUMN;
  const height = Math.max(...widgets.map((each) => (each.y + each.height) * ROW)) + FOOTER;
  const parts = widgets.map((widget) => {
    const box = {
      x: widget.x * COLUMN + GAP,
      y: widget.y * ROW + GAP,
      width: widget.width * COLUMN - 2 * GAP,
      height: widget.height * ROW - 2 * GAP,
    };
    if (widget.type === "text") return heading(widget, box);
    return widget.type === "alarm" ? alarms(widget, box) : chart(widget, box);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#333" role="img">
<title>The dashboard of a stage: is it up, is it fast, is it scaling, what does it cost?</title>
<rect width="${width}" height="${height}" fill="#f2f3f3"/>
${parts.join("\n")}
${text(width - GAP, height - 9, "A sketch of the dashboard's own definition; the curves are made up.", 'text-anchor="end" fill="#777"')}
</svg>
`;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function heading({ properties }: Widget, { x, y, height }: Box): string {
  const words = (properties.markdown ?? "").replace(/^#+ /, "");
  return text(x + 4, y + height - 7, words, 'font-size="16" font-weight="600"');
}

function alarms({ properties }: Widget, box: Box): string {
  const names = (properties.alarms ?? []).map((arn) => arn.split(":").at(-1) ?? arn);
  const each = (box.width - 20) / Math.max(names.length, 1);
  const lamps = names.map((name, index) => {
    const x = box.x + 10 + index * each;
    return (
      `<rect x="${n(x)}" y="${box.y + 30}" width="${n(each - 6)}" height="44" rx="3" fill="#e6f4e6" stroke="#2ca02c"/>` +
      text(x + 8, box.y + 49, name, 'font-size="10" font-weight="600"') +
      text(x + 8, box.y + 65, "OK", 'fill="#2ca02c"')
    );
  });
  return frame(box, properties.title ?? "") + lamps.join("");
}

function chart({ properties }: Widget, box: Box): string {
  const series = (properties.metrics ?? []).map(optionsOf).filter(({ visible }) => visible);
  const limits = properties.annotations?.horizontal ?? [];
  const top = properties.yAxis?.left.max ?? Math.max(1, ...limits.map(({ value }) => value)) * 1.25;
  const rows = legendRows(series, box.width);
  const plot = {
    x: box.x + 34,
    y: box.y + 30,
    width: box.width - 46,
    height: box.height - 44 - rows.length * 15,
  };
  const base = plot.y + plot.height;
  const lines = limits.map(({ label, value, color = "#777" }) => {
    const y = n(base - (value / top) * plot.height);
    return (
      `<line x1="${plot.x}" x2="${n(plot.x + plot.width)}" y1="${y}" y2="${y}" stroke="${color}" stroke-dasharray="5 3"/>` +
      text(
        plot.x + plot.width,
        Number(y) - 3,
        `${label} ${value}`,
        `text-anchor="end" fill="${color}"`,
      )
    );
  });
  const curves = properties.stacked
    ? stack(series, plot)
    : series.map((each, index) => curve(each, index, series.length, plot));
  const legend = rows.flatMap((row, index) =>
    row.map(({ x, label, color }) =>
      text(
        box.x + 10 + x,
        base + 18 + index * 15,
        `<tspan fill="${color}">■</tspan> ${escaped(label)}`,
      ),
    ),
  );
  return [
    frame(box, properties.title ?? ""),
    `<line x1="${plot.x}" x2="${n(plot.x + plot.width)}" y1="${n(base)}" y2="${n(base)}" stroke="#999"/>`,
    text(plot.x - 5, base, "0", 'text-anchor="end" fill="#777"'),
    ...curves,
    ...lines,
    ...legend,
  ].join("");
}

type Drawn = Required<Pick<SeriesOptions, "label" | "color" | "visible">>;

/** What a series says of itself; a query that makes several says by what. */
function optionsOf(series: Series, index: number): Drawn {
  const last = series.at(-1) as SeriesOptions;
  const by = /GROUP BY (\w+)/.exec(last.expression ?? "")?.[1];
  return {
    label: last.label ?? (by ? `one line for each ${by}` : String(series[1])),
    color: last.color ?? (COLOURS[index % COLOURS.length] as string),
    visible: last.visible ?? true,
  };
}

/** What there is next to none of on a good day. */
const RARE = /4xx|5xx|unhealthy|starting|ending/;

/** A quiet wave for each, one above the other. */
function curve({ color, label }: Drawn, index: number, count: number, plot: Box): string {
  const level = RARE.test(label) ? 0.02 : 0.25 + (0.35 * (index + 1)) / count;
  return `<polyline points="${wave(level, index, plot)}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
}

function stack(series: Drawn[], plot: Box): string[] {
  const base = n(plot.y + plot.height);
  const ends = `${n(plot.x + plot.width)},${base} ${plot.x},${base}`;
  return series
    .map(
      ({ color }, index) =>
        `<polygon points="${wave((0.7 * (index + 1)) / series.length, 0, plot)} ${ends}" fill="${color}" fill-opacity="0.75"/>`,
    )
    .reverse();
}

function wave(level: number, phase: number, { x, y, width, height }: Box): string {
  const steps = 48;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const value = level * (1 + 0.18 * Math.sin(step / 6 + phase) + 0.05 * Math.sin(step * 1.7));
    return `${n(x + (step / steps) * width)},${n(y + height * (1 - value))}`;
  }).join(" ");
}

/** Entries of a legend, in as many rows as they need. */
function legendRows(series: Drawn[], width: number): (Drawn & { x: number })[][] {
  const rows: (Drawn & { x: number })[][] = [[]];
  let x = 0;
  for (const each of series) {
    const size = each.label.length * 6 + 24;
    if (x > 0 && x + size > width - 20) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ ...each, x });
    x += size;
  }
  return rows;
}

function frame({ x, y, width, height }: Box, title: string): string {
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="#fff" stroke="#d5dbdb"/>` +
    text(x + 10, y + 18, escaped(title), 'font-weight="600"')
  );
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${n(x)}" y="${n(y)}"${attributes && ` ${attributes}`}>${content}</text>`;
}

const escaped = (words: string) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A short number. */
const n = (value: number): string => String(Math.round(value * 10) / 10);
