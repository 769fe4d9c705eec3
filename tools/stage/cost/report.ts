/** A study as Markdown tables that are readable in a terminal. */
import { Decimal } from "decimal.js";
import { type Estimate, groupBy, type Line, total } from "./estimate.ts";
import { count, difference, hourly, money, table } from "./format.ts";
import { BUILD_MINUTES, type LoadOptions, loadOf } from "./load.ts";
import { ORIGINAL } from "./original.ts";
import { datesOf } from "./prices.ts";
import { type Extra, type Study, WORKING_HOURS } from "./study.ts";
import { tree } from "./tree.ts";

/** A part of the report. */
export interface Section {
  title: string;
  text: string;
  /** Whether it is a block of code. */
  verbatim?: boolean;
}

export interface ReportOptions {
  /** Whether to compare with the system that this app replaced. @default false */
  original?: boolean;
}

/** The report's sections in order; `Cost of a month` is the summary. */
export function sectionsOf(study: Study, options: ReportOptions = {}): Section[] {
  const sections: Section[] = [
    { title: `Cost of a month of stage ${study.stage}`, text: summary(study) },
    { title: "By service", text: byService(study.api) },
    { title: "By resource", text: tree(study.api.lines), verbatim: true },
  ];
  const add = (title: string, text: string | undefined, verbatim = false) =>
    text && sections.push({ title, text, ...(verbatim && { verbatim }) });
  add("Without a price", unpriced(study));
  add("Always-free tier", alwaysFree(study));
  if (options.original) add("Beside the original", original(study));
  add("A million requests", million(study));
  add("Other choices", choices(study));
  if (study.pipeline && !study.pipeline.on)
    add(
      "The pipeline",
      extra(study, study.pipeline, "pipeline", "In none of the sums above."),
      true,
    );
  // #region quotes
  if (study.quotes)
    add(
      "The quotes",
      extra(study, study.quotes, "quotes", "A system of their own, in none of the sums above."),
      true,
    );
  // #endregion quotes
  return sections;
}

function summary(study: Study): string {
  const { month, free, load, prices } = study;
  const row = (what: string, usd: Decimal) => [what, hourly(usd), money(usd), money(usd.times(12))];
  const rows = [
    row("Fixed", total(study.api.lines.filter(({ kind }) => kind === "fixed"))),
    row("By use", total(study.api.lines.filter(({ kind }) => kind === "use"))),
    row("**List price**", month),
    row("with the account's always-free tier", month.minus(free)),
  ];
  return [
    table(["US dollars", ">an hour", ">a month", ">a year"], rows),
    `List prices of ${prices.region} (${datesOf(prices)}), a month of 730 hours, before taxes.`,
    loadText(load),
  ].join("\n\n");
}

function loadText(load: LoadOptions): string {
  const { rps, tests, pushes, data } = load;
  const { checks, deploy } = BUILD_MINUTES;
  const parts = [
    `everyday requests: ${rps} a second on average`,
    ...(tests ? [`load tests of 100 users for 10 minutes: ${tests}`] : []),
    `together ${count(new Decimal(loadOf(load).total))} requests`,
    `in the tables: ${data} GB`,
    `where there is a pipeline: ${pushes} pushes, with ${checks} minutes of checks and ${deploy} of deploy each`,
  ];
  return ["Load of the month:", "", ...parts.map((part) => `- ${part}`)].join("\n");
}

function byService({ lines }: Estimate): string {
  const groups = groupBy(lines, ({ service }) => service);
  const row = (name: string, fixed: Decimal, use: Decimal) => [
    name,
    money(fixed),
    money(use),
    money(fixed.plus(use)),
    money(fixed.plus(use).times(12)),
  ];
  const sum = (kind: Line["kind"]) => total(lines.filter((line) => line.kind === kind));
  return table(
    ["Service", ">Fixed", ">By use", ">A month", ">A year"],
    [
      ...groups.map(({ key, fixed, use }) => row(key, fixed, use)),
      row("**Sum**", sum("fixed"), sum("use")),
    ],
  );
}

function unpriced({ unpriced: missing }: Study): string | undefined {
  if (missing.length === 0) return undefined;
  return [
    "These are not in the sums:",
    table(
      ["Type", "Resources", "Why"],
      missing.map(({ type, names, why }) => [type, names.join(", "), why]),
    ),
  ].join("\n\n");
}

function alwaysFree({ api, free }: Study): string | undefined {
  if (api.alwaysFree.length === 0) return undefined;
  const rows = api.alwaysFree.map(({ name, used, off }) => [name, count(used), `-${money(off)}`]);
  return [
    "What every account has for nothing each month, as far as nothing else in it uses it. In no sum but where it is named.",
    table(["Free", ">Used", ">A month"], [...rows, ["**Sum**", "", `-${money(free)}`]]),
  ].join("\n\n");
}

function original({ comparison, pipeline, stage }: Study): string | undefined {
  if (!comparison) return undefined;
  const row = (name: string, before: Decimal, here: Decimal) => [
    name,
    money(before),
    money(here),
    difference(here.minus(before)),
  ];
  const { lines, month, free, cheaperUpTo } = comparison;
  const { month: before, upFront, real } = ORIGINAL;
  const limit = (rps: number | undefined) =>
    rps === undefined ? "at no load" : `up to ${rps.toFixed(1)} everyday requests a second`;
  return [
    table(
      ["US dollars a month", ">Original", ">Here", ">Difference"],
      [
        ...lines.map((each) => row(each.name, each.original, each.here)),
        row("**Sum**", before, month),
        row("with the always-free tier here", before, month.minus(free)),
        row("with what it paid up front, over a year", before.plus(upFront.div(12)), month),
      ],
    ),
    `The original's ${money(before)} is its estimate, ${money(real)} what it really paid, besides ${money(upFront)} up front. It had a pipeline, so
${pipeline && !pipeline.on ? `there is one here, too, which stage ${stage} has not yet` : "what there is of one counts here"}.`,
    `Cheaper than the original's ${money(before)} at list prices: ${limit(cheaperUpTo.list)}, all month. With the
always-free tier: ${limit(cheaperUpTo.withFreeTier)}.`,
  ].join("\n\n");
}

function million({ million: kinds }: Study): string {
  const services = [...new Set(kinds.flatMap((kind) => kind.services.map((each) => each.service)))];
  const cell = (kind: Study["million"][number], service: string) =>
    money(kind.services.find((each) => each.service === service)?.month ?? new Decimal(0));
  return [
    table(
      ["US dollars a million", ...kinds.map(({ name }) => `>${name}`)],
      [
        ...services.map((service) => [service, ...kinds.map((kind) => cell(kind, service))]),
        ["**Sum**", ...kinds.map(({ month }) => money(month))],
      ],
    ),
    "On top of what is paid anyway, spread evenly over a month; instances come on top when the group has to grow.",
  ].join("\n\n");
}

function choices({ choices: all, month, workingHours, api }: Study): string {
  const row = (name: string, means: string, usd: Decimal) => [
    name,
    money(usd),
    difference(usd.minus(month)),
    means,
  ];
  const hours = `${WORKING_HOURS.toFixed(0)} of 730 hours, tables removed`;
  const rows = all.map(({ name, means, month: usd }) => row(`\`${name}\``, means, usd));
  if (workingHours) rows.unshift(row("`sst remove` after work", hours, workingHours));
  const balancer = api.lines.filter(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer");
  const idle = total(balancer.filter(({ kind }) => kind === "fixed"));
  return [
    table(["Choice", ">A month", ">Difference", "What else it changes"], rows),
    `Each is priced from the resources that the stage has with it. The balancer costs ${money(idle)} a month while it is idle; it is
the price of every stage that is deployed, and \`sst dev\` has none.`,
  ].join("\n\n");
}

/** An optional part of a stage. */
function extra({ month, stage }: Study, { on, lines }: Extra, name: string, means: string): string {
  const sum = total(lines);
  const all = money(month.plus(sum));
  const state = on
    ? `Stage ${stage} has it: ${all} a month in all.`
    : `Stage ${stage} has none; \`${name}\` in \`infra/stages.ts\` would make it ${all} a month in all.`;
  return [`${means} ${state}`, tree(lines), `Together ${money(sum)} a month.`].join("\n\n");
}
