import type { Moment } from "../../test/boot/checks/replacement.ts";
import type { Sample } from "../../test/boot/load/load.ts";
import { perSecond } from "../../test/boot/load/statistics.ts";

const WIDTH = 860;
const HEIGHT = 320;
const LEFT = 48;
const RIGHT = 56;
const TOP = 56;
const BOTTOM = 36;

/**
 * A chart as SVG: requests and failed ones of each second as bars, the slowest hundredth as a line,
 * and the moments of the change.
 */
export function chart(samples: Sample[], moments: Moment[]): string {
  const seconds = perSecond(samples);
  const first = Math.min(...samples.map(({ at }) => at));
  const count = (seconds.at(-1)?.second ?? 0) + 1;
  const most = Math.max(1, ...seconds.map(({ requests }) => requests));
  const slowest = Math.max(1, ...seconds.map(({ p99 }) => p99));
  const x = (second: number) => LEFT + (second / count) * (WIDTH - LEFT - RIGHT);
  const height = (share: number) => share * (HEIGHT - TOP - BOTTOM);
  const y = (share: number) => HEIGHT - BOTTOM - height(share);
  const bar = (second: number, value: number, colour: string) =>
    `<rect x="${n(x(second))}" y="${n(y(value / most))}" width="${n(x(1) - x(0) - 1)}" height="${n(height(value / most))}" fill="${colour}"/>`;
  const bars = seconds.flatMap(({ second, requests, failed }) => [
    bar(second, requests, "#a8c7e8"),
    ...(failed > 0 ? [bar(second, failed, "#c62828")] : []),
  ]);
  const line = seconds.map(
    ({ second, p99 }) => `${n(x(second + 0.5))},${n(y((0.9 * p99) / slowest))}`,
  );
  const marks = moments.map(({ at, what }, index) => {
    const place = n(x((at - first) / 1000));
    const end = x((at - first) / 1000) > WIDTH * 0.7;
    return (
      `<line x1="${place}" x2="${place}" y1="${TOP - 8}" y2="${HEIGHT - BOTTOM}" stroke="#555" stroke-dasharray="3 3"/>` +
      `<text x="${place}" y="${TOP - 12 - (index % 2) * 14}" text-anchor="${end ? "end" : "start"}">${what}</text>`
    );
  });
  const failed = samples.filter(({ ok }) => !ok).length;
  const ticks = Array.from({ length: Math.floor(count / 10) + 1 }, (_, i) => i * 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="11" fill="#333" role="img">
<title>Requests a second while both instances are replaced: ${samples.length} in all, ${failed} failed</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="16" font-size="13" font-weight="600">${samples.length} requests, ${failed} failed</text>
<text x="${WIDTH - RIGHT}" y="16" text-anchor="end"><tspan fill="#4a7fb5">■ requests a second</tspan>  <tspan fill="#c62828">■ failed</tspan>  <tspan fill="#e08a00">— p99 of each second</tspan></text>
${bars.join("\n")}
<polyline points="${line.join(" ")}" fill="none" stroke="#e08a00" stroke-width="1.5"/>
${marks.join("\n")}
<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" stroke="#333"/>
${ticks.map((tick) => `<text x="${n(x(tick))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${tick} s</text>`).join("\n")}
<text x="${LEFT - 6}" y="${n(y(1) + 4)}" text-anchor="end">${most}</text>
<text x="${WIDTH - RIGHT + 6}" y="${n(y(0.9) + 4)}" fill="#e08a00">${slowest} ms</text>
</svg>
`;
}

/** A short number. */
function n(value: number): string {
  return value.toFixed(1);
}
