/** `npm run cost -- diff`: the cost of a month before and after, as a pull request's comment. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Decimal } from "decimal.js";
import { copyCheckout, linkPlatform } from "../../common/checkout.ts";
import { root } from "../../common/root.ts";
import { difference, hourly, money, table } from "./format.ts";

const run = promisify(execFile);

/** One side of a comparison: a stage in the working tree or at a commit. */
export interface Side {
  stage: string;
  /** A commit; the working tree without one. */
  commit?: string;
}

/** The compared part of a line of `--json`. */
export interface DiffLine {
  resource: string;
  type: string;
  service: string;
  what: string;
  /** US dollars a month. */
  month: string;
}

/** The part of `--json` that is read. */
interface Report {
  api: { lines: DiffLine[] };
  quotes?: { on: boolean; lines: DiffLine[] }; // drop: quotes
}

/**
 * The two sides of `prod dev`, `main..`, or `v1..v2` with `--stage`.
 *
 * @throws RangeError with what is wrong
 */
export function sidesOf(names: string[], stage: string): [Side, Side] {
  const [first = "", second, ...more] = names;
  const range = /^(?<before>[^.\s].*?)\.\.(?<after>.*)$/.exec(first)?.groups;
  if (range && second === undefined) {
    const { before = "", after = "" } = range;
    return [
      { stage, commit: before },
      { stage, ...(after && { commit: after }) },
    ];
  }
  if (first && second && !range && more.length === 0) return [{ stage: first }, { stage: second }];
  throw new RangeError("diff takes two stages, such as prod ada, or commits, such as main..");
}

/** Prices both sides and compares them, as Markdown. */
export async function diff(sides: [Side, Side], options: string[]): Promise<string> {
  const [before, after] = [await linesOf(sides[0], options), await linesOf(sides[1], options)];
  return compareLines(sides, before, after);
}

/** Runs that side's own code; a commit's in a checkout of its own. */
async function linesOf({ stage, commit }: Side, options: string[]): Promise<DiffLine[]> {
  if (commit === undefined) return report(root, stage, options);
  const folder = await mkdtemp(join(tmpdir(), "cost-diff-"));
  try {
    await copyCheckout(folder, commit);
    await linkPlatform(folder);
    return await report(folder, stage, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function report(folder: string, stage: string, options: string[]): Promise<DiffLine[]> {
  const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (!scripts.cost) throw new Error("that commit has no npm run cost to ask");
  const args = ["run", "--silent", "cost", "--", "--stage", stage, "--json", ...options];
  const { stdout } = await run("npm", args, { cwd: folder, maxBuffer: 2 ** 26 }).catch(
    (error: Error & { code?: number; stdout?: string; stderr?: string }) => {
      // 3: something has no price; the command itself reports it.
      if (error.code === 3) return { stdout: error.stdout ?? "" };
      throw new Error(`${stage}: ${error.stderr?.trim().split("\n")[0] || error.message}`);
    },
  );
  const bill: Report = JSON.parse(stdout);
  return [
    ...bill.api.lines,
    ...(bill.quotes?.on ? bill.quotes.lines : []), // drop: quotes
  ];
}

/** Two bills side by side: the sums, and each line that differs. */
export function compareLines(
  [one, other]: [Side, Side],
  before: readonly DiffLine[],
  after: readonly DiffLine[],
): string {
  const [a, b] = [byLine(before, one.stage), byLine(after, other.stage)];
  const sums = [sumOf(before), sumOf(after)] as const;
  const rows = [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const [was, is] = [a.get(key) ?? new Decimal(0), b.get(key) ?? new Decimal(0)];
    if (was.equals(is)) return [];
    const name = key.split("\n").join(": ");
    return [{ cells: [name, money(was), money(is), difference(is.minus(was))], by: is.minus(was) }];
  });
  rows.sort((x, y) => y.by.abs().comparedTo(x.by.abs()));
  const [was, is] = sums;
  const percents = was.isZero() ? "" : `, ${percentOf(is.minus(was).div(was))}`;
  const title = `**Cost of a month, ${titleOf(one)} → ${titleOf(other)}: $${money(was)} → $${money(is)}** (${difference(is.minus(was))}${percents}); an hour: $${hourly(was)} → $${hourly(is)}`;
  if (rows.length === 0) return `${title}\n\nNo line differs.`;
  const cells = [
    ...rows.map((row) => row.cells),
    ["**Sum**", money(was), money(is), difference(is.minus(was))],
  ];
  return `${title}\n\n${table(["US dollars a month", ">Before", ">After", ">Difference"], cells)}`;
}

/** Sums by resource and item, without the stage's own name. */
function byLine(lines: readonly DiffLine[], stage: string): Map<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { resource, what, month } of lines) {
    const key = `${resource.replace(`-${stage}-`, "-")}\n${what}`;
    sums.set(key, (sums.get(key) ?? new Decimal(0)).plus(month));
  }
  return sums;
}

function sumOf(lines: readonly DiffLine[]): Decimal {
  return Decimal.sum(0, ...lines.map(({ month }) => month));
}

function percentOf(share: Decimal): string {
  return `${share.isPositive() ? "+" : ""}${share.times(100).toFixed(0)} %`;
}

function titleOf({ stage, commit }: Side): string {
  return commit ? `${stage} at ${commit}` : stage;
}
