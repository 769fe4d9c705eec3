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
import { main } from "../common/command-line.ts";
import { type BenchArguments, readArguments, USAGE } from "./arguments.ts";
import { chart } from "./chart.ts";
import { compare, countCapacity, type Plan, shownConnections } from "./compare.ts";
import { sectionsFile, writeDocs } from "./docs.ts";
import { measureHashing } from "./hashing.ts";
import { comparePace } from "./pace.ts";
import * as report from "./report.ts";
import { explanationOf } from "./servers.ts";
import { prepare, type Setting } from "./setting.ts";
import { measureStartUp } from "./startup.ts";
import { STUDIES, type StudyName, study } from "./study.ts";
import type { Section } from "./tables.ts";

/** Output of a run: sections to print, and files with the numbers. */
interface Result {
  sections: Section[];
  files: Record<string, string>;
}

await main("bench", USAGE, async (given) => {
  const args = readArguments(given);
  await (args.docs ? fillDocs(args.out) : run(args));
});

async function run({ plan, study, startup, out }: BenchArguments): Promise<void> {
  if (!startup && !study)
    console.info(`Compares, with the same requests and data:\n${explanationOf(plan.groups)}\n`);
  console.info("  preparing: a database with data, the load generator …");
  const setting = await prepare();
  try {
    const name = startup ? "startup" : (study ?? "bench");
    const { sections, files } = startup
      ? await startUp(setting)
      : await (study ? studied(setting, study, plan) : comparison(setting, plan));
    const markdown = sections.map(({ title, text }) => `### ${title}\n\n${text}\n`).join("\n");
    console.info(`\n${markdown}`);
    await mkdir(out, { recursive: true });
    await writeFile(join(out, `${name}.md`), markdown);
    await writeFile(sectionsFile(out, name), JSON.stringify(sections, undefined, 2));
    for (const [file, text] of Object.entries(files)) await writeFile(join(out, file), text);
  } finally {
    await setting.stop();
  }
}

async function fillDocs(out: string): Promise<void> {
  const left = await writeDocs(out, ["bench", ...Object.keys(STUDIES), "startup"]);
  if (left.length > 0) console.info(`${out} has nothing for these places: ${left.join("; ")}.`);
}

async function startUp(setting: Setting): Promise<Result> {
  const taken = await measureStartUp(setting);
  const text = `From start to the first answer out of the database: ${taken.toFixed(0)} ms.`;
  return { sections: [{ title: "Start-up", text }], files: {} };
}

async function comparison(setting: Setting, plan: Plan): Promise<Result> {
  const load = loadavg()[0] as number;
  const rows = await compare(setting, plan);
  const capacity = await countCapacity(setting, plan);
  const pace = await comparePace(setting, plan, rows);
  const hashing = await measureHashing(setting);
  const machine = `${availableParallelism()} × ${cpus()[0]?.model}, Node ${process.version}, load ${load.toFixed(1)} at the start`;
  const found = { machine, plan, rows, capacity, pace, hashing };
  const files = {
    "bench.json": JSON.stringify(found, undefined, 2),
    "bench.svg": chart(rows, shownConnections(plan)),
  };
  return { sections: report.comparison(found), files };
}

async function studied(setting: Setting, name: StudyName, plan: Plan): Promise<Result> {
  const rows = await study(setting, name, plan);
  const files = { [`${name}.json`]: JSON.stringify(rows, undefined, 2) };
  return { sections: report.study(name, rows), files };
}
