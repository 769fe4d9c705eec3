import type { Row } from "./compare.ts";
import { SERVERS } from "./servers.ts";

const WIDTH = 760;
const LEFT = 230;
const BAR = 14;
const GAP = 26;

/**
 * CPU time a request as bars on a logarithmic scale, an SVG that reads well on light and dark pages.
 * @param connections whose rows are drawn
 */
export function chart(rows: Row[], connections: number): string {
  const drawn = rows.filter((row) => row.connections === connections);
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
}
