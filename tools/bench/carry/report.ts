import { type Section, short, table } from "../tables.ts";
import type { CarryRow } from "./carry.ts";

/** What an instance carries. */
export function carrying(rows: readonly CarryRow[], core: string): Section {
  return { title: "Carry", text: `${carried(rows)}\n\n${core}` };
}

function carried(rows: readonly CarryRow[]): string {
  const head = [
    "Held to",
    "vCPUs",
    "MiB",
    "visits/s",
    "requests/s",
    "CPU µs a request",
    "vCPUs busy",
  ];
  const lines = rows.map((row) => [
    row.name,
    row.vcpus,
    row.memoryMib,
    row.held ? row.visits : `none: not even ${row.visits}`,
    Math.round(row.requests),
    short(row.cpu),
    short(row.busy),
    short(row.p99),
    short(row.hashing),
    Math.round(row.memory),
    `${Math.round(100 * row.machine)} %`,
  ]);
  const more = ["p99 ms", "p99 ms of hashing", "MB a process", "machine busy"];
  return table([...head, ...more], lines);
}
