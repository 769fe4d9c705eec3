/** Tables in Markdown, and how numbers look in them. */

/** A part of a command's output, which a page of the docs has, too. */
export interface Section {
  title: string;
  text: string;
}

/** A table whose first column is text. */
export function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

/** Three digits are more than a shared machine can tell; what could not be measured is a dash. */
export function short(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}
