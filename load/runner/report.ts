import { escapeHtml } from "./html.ts";
import { VERDICT_COLUMNS, verdictRows } from "./markdown.ts";
import type { Summary } from "./summary.ts";

/** Added above k6's own report. */
export interface Addition {
  title: string;
  /** The scenario's finding, if any. */
  finding?: string | undefined;
  /** Scenario, target and parameters, a line each. */
  facts: string[];
  summary: Summary;
  /** SVG. */
  chart: string;
}

/**
 * Adds each threshold's verdict and the recording's chart to k6's own report.
 *
 * @throws when it is not a page
 */
export function complete(html: string, addition: Addition): string {
  const body = html.match(/<body[^>]*>/);
  if (!body) throw new Error("k6's report has no body.");
  const end = (body.index as number) + body[0].length;
  return html.slice(0, end) + section(addition) + html.slice(end);
}

function section({ title, finding, facts, summary, chart }: Addition): string {
  const rows = verdictRows(summary).map(
    (cells) =>
      `<tr>${cells.map((cell) => `<td>${escapeHtml(cell.replaceAll("`", ""))}</td>`).join("")}</tr>`,
  );
  return `
<style>
  .verdicts { background: #fff; color: #222; font: 14px system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 24px 40px; }
  .verdicts table { border-collapse: collapse; margin: 16px 0 32px; }
  .verdicts th { text-align: left; padding: 4px 24px 4px 0; }
  .verdicts td { border-bottom: 1px solid #ddd; padding: 4px 24px 4px 0; }
  .verdicts svg { width: 100%; height: auto; }
</style>
<section class="verdicts">
<h1>${escapeHtml(title)}</h1>${finding ? `\n<p>${escapeHtml(finding)}</p>` : ""}
<ul>${facts.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>
<table><tr>${["", ...VERDICT_COLUMNS].map((name) => `<th>${name}</th>`).join("")}</tr>${rows.join("")}</table>
${chart}
<p>Shaded: setup and teardown, which k6's own diagrams below include, too.</p>
</section>
`;
}
