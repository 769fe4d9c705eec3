import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { milliseconds, percent } from "./format.ts";
import { differences, readIdentity } from "./identity.ts";
import { reports } from "./paths.ts";
import { type Route, readSummary, routes, type Summary } from "./summary.ts";

/**
 * Compares two reports, one line per number.
 *
 * Warns first where the runs differ in more than their numbers.
 *
 * @param names folders, or their names under `load/reports/`
 * @throws one line when one is missing
 */
export async function compare(names: readonly [string, string]): Promise<string> {
  const folders = names.map(folderOf);
  const [before, after] = await Promise.all(
    folders.map((folder) => readSummary(join(folder, "summary.json"))),
  );
  const [a, b] = await Promise.all(folders.map(readIdentity));
  const unlike = a && b ? differences(a, b) : [];
  const table = compareSummaries(before as Summary, after as Summary);
  if (unlike.length === 0) return table;
  return [...unlike.map((line) => `Warning: these runs are not alike: ${line}`), "", table].join(
    "\n",
  );
}

function folderOf(name: string): string {
  const given = resolve(process.env.INIT_CWD ?? "", name);
  return existsSync(given) ? given : join(reports, name);
}

type Row = [label: string, before: number | undefined, after: number | undefined, Unit];
type Unit = (value: number) => string;

/** @returns the table, for a terminal */
export function compareSummaries(before: Summary, after: Summary): string {
  const rows: Row[] = [
    ["requests", sent(before), sent(after), String],
    ["failed", failed(before), failed(after), percent],
    ...routeRows(before, after),
  ];
  const cells = rows.map(([label, a, b, unit]) => [
    label,
    text(a, unit),
    text(b, unit),
    change(a, b),
  ]);
  return align([["", "before", "after", "change"], ...cells]);
}

function routeRows(before: Summary, after: Summary): Row[] {
  const [a, b] = [before, after].map((summary) => new Map(routes(summary).map((r) => [r.name, r])));
  const names = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])].sort();
  const columns: (keyof Route & ("avg" | "p95" | "p99"))[] = ["avg", "p95", "p99"];
  return names.flatMap((name) =>
    columns.map(
      (column): Row => [
        `${name} ${column}`,
        a?.get(name)?.[column],
        b?.get(name)?.[column],
        milliseconds,
      ],
    ),
  );
}

function sent(summary: Summary): number | undefined {
  const { passes, fails } = requestsOf(summary) ?? {};
  return passes === undefined || fails === undefined ? undefined : passes + fails;
}

function failed(summary: Summary): number | undefined {
  return requestsOf(summary)?.value;
}

/** k6's counts for the scenario's requests, without setup and teardown. */
function requestsOf({ metrics }: Summary) {
  const name = Object.keys(metrics).find((each) => each.startsWith("http_req_failed{scenario:"));
  return name === undefined ? undefined : metrics[name];
}

function text(value: number | undefined, unit: Unit): string {
  return value === undefined ? "–" : unit(value);
}

/** @returns e.g. `+12.5 %`; `–` with nothing to compare */
export function change(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return "–";
  if (before === after) return "0 %";
  if (before === 0) return "new";
  const percents = ((after - before) / before) * 100;
  return `${percents > 0 ? "+" : ""}${percents.toFixed(1)} %`;
}

function align(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths?.[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
