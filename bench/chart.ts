<<<<<<< HEAD
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
=======
import type { Row } from "./compare.ts";
import { SERVERS } from "./servers.ts";
>>>>>>> main

/**
 * Draws the CPU time of a request.
 *
 * @param connections Whose rows are drawn.
 */
export function chart(rows: Row[], connections: number): string {
  const drawn = rows.filter((row) => row.connections === connections);
<<<<<<< HEAD
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
=======
  const scenarios = [...new Set(drawn.map(({ scenario }) => scenario))];
  const most = Math.log10(Math.max(...drawn.map(({ cpu }) => cpu)) / 10);
  const length = (cpu: number) => Math.max(2, (Math.log10(cpu / 10) / most) * (WIDTH - LEFT - 70));
  const parts: string[] = [];
  let y = 34;
  for (const scenario of scenarios) {
    parts.push(text(8, y + 4, scenario, 'font-weight="600"'));
    y += 12;
    for (const { server, cpu } of drawn.filter((row) => row.scenario === scenario)) {
      parts.push(
        text(LEFT - 8, y + BAR - 3, SERVERS[server].label, 'text-anchor="end"'),
        `<rect x="${LEFT}" y="${y}" width="${length(cpu).toFixed(1)}" height="${BAR}" rx="2" fill="${SERVERS[server].colour}"/>`,
        text(LEFT + length(cpu) + 6, y + BAR - 3, cpu.toFixed(0)),
      );
      y += BAR + 3;
    }
    y += GAP;
  }
  const title = `CPU time of the server process a request, in µs (logarithmic), ${connections} connections`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y - 10}" font-family="system-ui, sans-serif" font-size="11" fill="#7d8590" role="img" aria-label="${title}">`,
    text(8, 14, title, 'font-size="13"'),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${content}</text>`;
>>>>>>> main
}
