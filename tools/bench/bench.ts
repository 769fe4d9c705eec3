/**
 * `npm run bench`: this API beside node:http, Fastify without a database, and Fastify with one
 * database call per item, all in one run. Starts everything itself; needs neither network nor AWS.
 * `npm run bench -- --help` lists the options.
 *
 * Prints Markdown; saves it with the numbers as JSON and a chart in `--out`. Exits with 0, or with 2
 * for a wrong argument.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { findK6 } from "../../load/runner/k6.ts";
import { main } from "../common/command-line.ts";
import { type BenchArguments, readArguments, USAGE } from "./arguments.ts";
import { type CarryPlan, type CarryRow, measureCarrying } from "./carry/carry.ts";
import { whyNot } from "./carry/cgroup.ts";
import { carrying } from "./carry/report.ts";
import { chart } from "./chart.ts";
import { compare, countCapacity, messageOf, type Plan, shownConnections } from "./compare.ts";
import { sectionsFile, writeDocs } from "./docs.ts";
import { measureHashing } from "./hashing.ts";
import { comparePace } from "./pace.ts";
import * as report from "./report.ts";
import { explanationOf } from "./servers.ts";
import { prepare, type Setting } from "./setting.ts";
import { measureStartUp } from "./startup.ts";
import { type Section, short } from "./tables.ts";

const SCALE = new URL("../../docs/scale.md", import.meta.url);

/** Output of a run: sections to print, and files with the numbers. */
interface Result {
  sections: Section[];
  /** Those that are fit for the docs. @default all */
  docs?: Section[];
  files: Record<string, string>;
}

/** Keeps a result, also one that is not complete yet. @returns its Markdown */
type Keep = (result: Result) => Promise<string>;

await main("bench", USAGE, async (given) => {
  const args = readArguments(given);
  await (args.docs ? fillDocs(args.out) : run(args));
});

async function run(args: BenchArguments): Promise<void> {
  const { plan, startup, carry, out } = args;
  const impossible = carry && whyNot();
  if (impossible) throw new Error(`--carry is not possible on this machine: ${impossible}.`);
  if (carry) findK6();
  const name = nameOf(args);
  if (name === "bench")
    console.info(`Compares, with the same requests and data:\n${explanationOf(plan.groups)}\n`);
  console.info("  preparing: a database with data, the load generator …");
  const setting = await prepare();
  try {
    await mkdir(out, { recursive: true });
    const keep: Keep = (result) => keepResult(out, name, result);
    const measured = () => {
      if (carry) return carried(setting, carry, keep);
      if (startup) return startUp(setting);
      return comparison(setting, plan, keep);
    };
    const result = await measured();
    console.info(`\n${await keep(result)}`);
  } finally {
    await setting.stop();
  }
}

/** By what a run's files are called. */
function nameOf({ startup, carry }: BenchArguments): string {
  if (carry) return "carry";
  return startup ? "startup" : "bench";
}

/** Writes what is known so far, so that a run that fails later has not measured in vain. */
async function keepResult(out: string, name: string, result: Result): Promise<string> {
  const { sections, docs = sections, files } = result;
  const markdown = sections.map(({ title, text }) => `### ${title}\n\n${text}\n`).join("\n");
  await writeFile(join(out, `${name}.md`), markdown);
  await writeFile(sectionsFile(out, name), JSON.stringify(docs, undefined, 2));
  for (const [file, text] of Object.entries(files)) await writeFile(join(out, file), text);
  return markdown;
}

async function fillDocs(out: string): Promise<void> {
  const left = [
    ...(await writeDocs(out, ["bench", "startup"])),
    ...(await writeDocs(out, ["carry"], SCALE)),
  ];
  if (left.length > 0) console.info(`${out} has nothing for these places: ${left.join("; ")}.`);
}

async function carried(setting: Setting, plan: CarryPlan, keep: Keep): Promise<Result> {
  const { cpu } = await measureHashing(setting);
  const core = `${describeMachine()}; a password takes ${short(cpu)} ms of a core here.`;
  const result = (rows: CarryRow[]): Result => ({
    sections: [carrying(rows, core)],
    files: { "carry.json": JSON.stringify({ core, rows }, undefined, 2) },
  });
  return result(
    await measureCarrying(setting, plan, async (rows) => void (await keep(result(rows)))),
  );
}

async function startUp(setting: Setting): Promise<Result> {
  const taken = await measureStartUp(setting);
  const text = `From start to the first answer out of the database: ${taken.toFixed(0)} ms.`;
  return { sections: [{ title: "Start-up", text }], files: {} };
}

async function comparison(setting: Setting, plan: Plan, keep: Keep): Promise<Result> {
  const found: report.Comparison = { machine: describeMachine(), plan, rows: [] };
  const result = (): Result => ({
    ...report.comparison(found),
    files: {
      "bench.json": JSON.stringify(found, undefined, 2),
      "bench.svg": chart(found.rows, shownConnections(plan)),
    },
  });
  found.rows = await compare(setting, plan, async (rows) => {
    found.rows = rows;
    await keep(result());
  });
  // What fails leaves the others' numbers.
  const part = async (what: string, measured: () => Promise<void>) => {
    console.info(`  ${what} …`);
    await measured().catch((error) => console.error(`  ${what} is left out: ${messageOf(error)}.`));
    await keep(result());
  };
  await part("the pace", async () => {
    found.pace = await comparePace(setting, plan, found.rows);
  });
  await part("hashing", async () => {
    found.hashing = await measureHashing(setting);
  });
  await part("capacity units", async () => {
    found.capacity = await countCapacity(setting, plan);
  });
  const reason = report.unsteadiness(found);
  if (reason)
    console.info(`  --docs takes ${report.FACTORS.join(" and ")} of it alone: ${reason}.`);
  return result();
}

function describeMachine(): string {
  const load = (loadavg()[0] as number).toFixed(1);
  const processors = `${availableParallelism()} × ${cpus()[0]?.model}`;
  return `${processors}, Node ${process.version}, load ${load} at the start`;
}
