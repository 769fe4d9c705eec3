import { barChart } from "../scripts/chart.ts";
import { type Row, SERVERS, type ServerName } from "./compare.ts";

const COLOURS: Record<ServerName, string> = {
  "node-http": "#b8c0cc",
  fastify: "#8a94a6",
  "steadfast-stubbed": "#5b8def",
  plain: "#d9822b",
  steadfast: "#1f9d55",
  "steadfast-telemetry": "#7fc8a0",
};

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
      label: SERVERS[server],
      value: cpu,
      color: COLOURS[server],
    })),
  });
}
