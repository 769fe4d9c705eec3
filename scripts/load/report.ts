/**
 * Puts the chart of what was watched into k6's report, above what k6 shows itself.
 *
 * @throws when it is no page
 */
export function withChart(html: string, chart: string): string {
  const body = html.match(/<body[^>]*>/);
  if (!body) throw new Error("k6's report has no body.");
  const end = (body.index as number) + body[0].length;
  const section = `\n<section style="background:#fff;padding:24px 0;text-align:center">${chart}</section>\n`;
  return html.slice(0, end) + section + html.slice(end);
}
