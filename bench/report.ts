import { type CapacityRow, type Row, SERVERS, type ServerName } from "./compare.ts";
import type { StudyName, StudyRow } from "./study.ts";

/** A table in Markdown. */
function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

/** Three digits are more than a shared machine can tell. */
function short(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

/** The comparison: a table for each kind of request. */
export function comparison(rows: Row[]): string {
  const head = ["Connections", "Server", "CPU µs", "req/s", "p50 ms", "p99 ms", "loop ms", "MB"];
  const byScenario = Map.groupBy(rows, ({ scenario }) => scenario);
  return [...byScenario]
    .map(([scenario, measured]) => {
      const lines = measured.map((row) => [
        row.connections,
        SERVERS[row.server],
        short(row.cpu),
        Math.round(row.rate),
        short(row.p50),
        short(row.p99),
        short(row.loopDelay),
        Math.round(row.rss),
        short(row.calls),
        row.failed,
      ]);
      return `### ${scenario}\n\n${table([...head, "calls", "failed"], lines)}`;
    })
    .join("\n\n");
}

/** Capacity units a request. */
export function capacity(rows: CapacityRow[]): string {
  const head = ["Request", "Server", "Read units", "Write units"];
  const lines = rows
    .toSorted((a, b) => a.scenario.localeCompare(b.scenario))
    .map((row) => [row.scenario, SERVERS[row.server], short(row.read), short(row.write)]);
  return table(head, lines);
}

/** The bars that the design set itself, at 64 connections unless said otherwise. */
export function bars(rows: Row[]): string {
  const find = (scenario: string, server: ServerName, connections = 64) =>
    rows.find(
      (row) =>
        row.scenario === scenario && row.server === server && row.connections === connections,
    );
  const lines: string[][] = [];
  const add = (name: string, wanted: number, value?: number, reference?: number) => {
    if (value === undefined || reference === undefined) return;
    const ratio = value / reference;
    lines.push([name, `≤ ${short(wanted)}`, short(ratio), ratio <= wanted ? "met" : "missed"]);
  };
  for (const [scenario, toFastify, toPlain] of [
    ["GET user", 1.4, 1 / 10],
    ["GET post", 1.4, 1 / 10],
    ["POST post", 2.5, 1 / 6],
    ["POST user", 3, undefined],
  ] as const) {
    const cpu = find(scenario, "steadfast")?.cpu;
    add(`${scenario}, CPU to (b)`, toFastify, cpu, find(scenario, "fastify")?.cpu);
    add(`${scenario}, CPU to (b2)`, toFastify, cpu, find(scenario, "steadfast-stubbed")?.cpu);
    if (toPlain) add(`${scenario}, CPU to (c)`, toPlain, cpu, find(scenario, "plain")?.cpu);
  }
  for (const { name } of [...new Set(rows.map(({ scenario }) => scenario))].map((name) => ({
    name,
  }))) {
    const p50 = (server: ServerName) => find(name, server, 1)?.p50;
    add(`${name}, p50 to (c), 1 connection`, 1.1, p50("steadfast"), p50("plain"));
    const p99 = (server: ServerName) => find(name, server, 256)?.p99;
    add(`${name}, p99 to (c), 256 connections`, 1, p99("steadfast"), p99("plain"));
  }
  const ours = rows.filter(({ server }) => server === "steadfast");
  add("Memory, MB", 150, Math.max(...ours.map(({ rss }) => rss)), 1);
  add("Failed requests", 0, Math.max(...ours.map(({ failed }) => failed)), 1);
  return table(["Bar", "Wanted", "Measured", ""], lines);
}

const STUDIED: Record<StudyName, string> = { flush: "Batches at once", size: "Keys, at most" };

/** A study of an option. */
export function study(name: StudyName, rows: StudyRow[]): string {
  const head = ["Database", "Connections", STUDIED[name], "Keys a batch", "CPU µs", "req/s"];
  return table(
    [...head, "p50 ms", "p99 ms"],
    rows.map((row) => [
      row.latency === 0 ? "loopback" : `+ ${row.latency} ms`,
      row.connections,
      row.value,
      short(1 / row.calls),
      short(row.cpu),
      Math.round(row.rate),
      short(row.p50),
      short(row.p99),
    ]),
  );
}
