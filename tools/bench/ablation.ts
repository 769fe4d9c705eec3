import { find, type Row } from "./compare.ts";
import type { ServerName } from "./servers.ts";
import { type Section, short, table } from "./tables.ts";

/** From the plain SDK to this API, step by step. */
const STEPS = {
  plain: "(c) plain SDK",
  "fast-nothing": "+ shared calls",
  "fast-handler": "+ HTTP handler",
  "fast-shortcut": "+ shortcut",
  steadfast: "+ signer: (d)",
} as const satisfies Partial<Record<ServerName, string>>;

/** What each step takes off the CPU time of a request, where the steps were measured. */
export function ablation(rows: Row[], connections: number): Section[] {
  if (!rows.some(({ server }) => server === "fast-nothing")) return [];
  const steps = Object.keys(STEPS) as (keyof typeof STEPS)[];
  const lines = rows
    .filter((row) => row.server === "steadfast" && row.connections === connections)
    .map(({ scenario }) => {
      const taken = steps.map((step) => find(rows, scenario, step, connections)?.cpu ?? 0);
      return [
        scenario,
        ...taken.map((cpu, i) => (i === 0 ? short(cpu) : stepOf(cpu, taken[i - 1] as number))),
      ];
    });
  const text = table(["Request, CPU µs", ...Object.values(STEPS)], lines);
  return [{ title: "Ablation", text }];
}

/** A number, and by how much it is less or more than the one before. */
function stepOf(value: number, before: number): string {
  const change = Math.round(100 * (value / before - 1));
  return `${short(value)} (${change > 0 ? "+" : ""}${change} %)`;
}
