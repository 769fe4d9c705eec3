/** Values at one moment; what could not be read is left out. */
export type Values = Record<string, number>;

/** A diagram of the report: series of one unit. */
export interface Panel {
  title: string;
  unit: string;
  series: { key: string; label: string }[];
}

/** Reads values of what is under load. */
export interface Watcher {
  panels: Panel[];
  read(): Promise<Values>;
  close(): void;
}

/** Values as a line of text, in the panels' order: `desired 2, in service 2, CPU 41 %`. */
export function describe(panels: readonly Panel[], values: Values): string {
  const parts = panels.flatMap(({ series, unit }) =>
    series.map(({ key, label }) => {
      const value = values[key];
      const text = value === undefined ? "–" : format(value);
      return `${label} ${text}${unit && value !== undefined ? ` ${unit}` : ""}`;
    }),
  );
  return parts.join(", ");
}

/** Whole numbers from ten on, one digit below. */
export function format(value: number): string {
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
