/** A value at a moment, in milliseconds since the epoch. */
export interface Point {
  at: number;
  value: number;
}

export interface ChartOptions {
  /** The time that is shown, in milliseconds since the epoch. */
  from: number;
  to: number;
  /** Columns and rows of the curve. @default 72 by 14 */
  width?: number;
  height?: number;
}

/**
 * Draws points as a curve of text, with the values at its left and the hours below. Where there were
 * no points there is a gap, for nothing is known about it.
 *
 * @returns lines without an end of line
 */
export function drawChart(points: readonly Point[], options: ChartOptions): string[] {
  const { from, to, width = 72, height = 14 } = options;
  const columns = averages(points, { from, to, width });
  const known = columns.filter((value) => value !== undefined);
  if (known.length === 0) return [];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  // A flat curve runs through the middle.
  const rowOf = (value: number) =>
    most === least
      ? Math.floor((height - 1) / 2)
      : Math.round(((most - value) / (most - least)) * (height - 1));
  const grid = Array.from({ length: height }, () => Array<string>(width).fill(" "));
  columns.forEach((value, x) => {
    if (value === undefined) return;
    const row = rowOf(value);
    const before = columns[x - 1];
    for (const y of between(row, before === undefined ? row : rowOf(before))) put(grid, x, y, "│");
    put(grid, x, row, "•");
  });
  const labels = axis({ least, most, height });
  const margin = Math.max(...labels.map((label) => label.length));
  return [
    ...grid.map((cells, y) => `${labels[y]?.padStart(margin)} ┤${cells.join("")}`.trimEnd()),
    `${" ".repeat(margin)} └${"─".repeat(width)}`,
    `${" ".repeat(margin + 2)}${hours({ from, to, width })}`,
  ];
}

function averages(
  points: readonly Point[],
  { from, to, width }: Required<Omit<ChartOptions, "height">>,
): (number | undefined)[] {
  const sums = Array.from({ length: width }, () => ({ sum: 0, count: 0 }));
  for (const { at, value } of points) {
    const column = sums[Math.floor(((at - from) / (to - from)) * width)];
    if (!column) continue;
    column.sum += value;
    column.count += 1;
  }
  return sums.map(({ sum, count }) => (count === 0 ? undefined : sum / count));
}

/** The rows strictly between two. */
function between(a: number, b: number): number[] {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return Array.from({ length: Math.max(0, high - low - 1) }, (_, i) => low + 1 + i);
}

function put(grid: string[][], x: number, y: number, cell: string): void {
  const row = grid[y];
  if (row) row[x] = cell;
}

/** A value at every third row, and at the last. */
function axis({ least, most, height }: { least: number; most: number; height: number }): string[] {
  const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 });
  return Array.from({ length: height }, (_, y) => {
    if (y % 3 !== 0 && y !== height - 1) return "";
    const value = most === least ? most : most - ((most - least) * y) / (height - 1);
    return format.format(value);
  });
}

/** Times of day in UTC, at four places below the curve. */
function hours({ from, to, width }: Required<Omit<ChartOptions, "height">>): string {
  const place = Math.floor(width / 4);
  return Array.from({ length: 4 }, (_, i) => {
    const moment = new Date(from + ((to - from) * i) / 4);
    return moment.toISOString().slice(11, 16).padEnd(place);
  })
    .join("")
    .trimEnd();
}
