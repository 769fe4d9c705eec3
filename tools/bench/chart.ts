import { barChart } from "../common/chart.ts";
import type { Row } from "./compare.ts";
import { SERVERS } from "./servers.ts";

/**
 * Draws the CPU time of a request.
 *
 * @param connections Whose rows are drawn.
 */
export function chart(rows: Row[], connections: number): string {
  const drawn = rows.filter((row) => row.connections === connections);
  return barChart({
    title: `CPU time of the server process per request, in µs (logarithmic), ${connections} connections`,
    from: 10,
    bars: drawn.map(({ scenario, server, cpu }) => ({
      group: scenario,
      label: SERVERS[server].label,
      value: cpu,
      color: SERVERS[server].colour,
    })),
  });
}
