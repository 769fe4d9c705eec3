/**
 * `npm run bench`: this API beside node:http, Fastify without a database, and Fastify with a call of
 * the database for every item, all in one run. Starts everything itself; needs no network and no AWS.
 *
 *     npm run bench                      # about 15 minutes
 *     npm run bench -- --quick           # about 3 minutes, less exact
 *     npm run bench -- --scenario "GET user" --connections 1,64
 *     npm run bench -- --study flush     # how many batches should be under way at once
 *     npm run bench -- --study size      # how many keys a batch should have
 *     npm run bench -- --startup         # how long the bundle takes to its first answer
 *
 * Prints Markdown; writes it with the numbers as JSON and a chart to `--out` (default `.data/bench`).
 */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chart } from "../bench/chart.ts";
import { compare, countCapacity, type Plan } from "../bench/compare.ts";
import { measureHashing } from "../bench/hashing.ts";
import * as report from "../bench/report.ts";
import { scenarios } from "../bench/scenarios.ts";
import { prepare, type Setting } from "../bench/setting.ts";
import { measureStartUp } from "../bench/startup.ts";
import { STUDIES, type StudyName, study } from "../bench/study.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    study: { type: "string" },
    startup: { type: "boolean", default: false },
    scenario: { type: "string", multiple: true },
    connections: { type: "string" },
    out: { type: "string", default: ".data/bench" },
  },
});
const names = scenarios.map(({ name }) => name);
const plan: Plan = {
  scenarios: values.scenario ?? names,
  connections: (values.connections ?? (values.quick ? "1,64" : "1,8,64,256"))
    .split(",")
    .map(Number),
  ...(values.quick ? { rounds: 1, seconds: 1, warmUp: 3 } : { rounds: 3, seconds: 1.5, warmUp: 5 }),
};
check(plan);

const setting = await prepare();
try {
  const { markdown, ...files } = await chosen(setting);
  console.info(`\n${markdown}`);
  await mkdir(values.out, { recursive: true });
  const name = values.startup ? "startup" : (values.study ?? "bench");
  const written = { [`${name}.md`]: `${markdown}\n`, ...files };
  for (const [file, text] of Object.entries(written)) await writeFile(join(values.out, file), text);
} finally {
  await setting.stop();
}

function chosen(setting: Setting): Promise<{ markdown: string; [file: string]: string }> {
  if (values.startup) return startUp(setting);
  return values.study ? studied(setting, values.study as StudyName) : comparison(setting);
}

async function startUp(setting: Setting) {
  const taken = await measureStartUp(setting);
  return {
    markdown: `From start to the first answer out of the database: ${taken.toFixed(0)} ms.`,
  };
}

async function comparison(setting: Setting) {
  const load = loadavg()[0] as number;
  const rows = await compare(setting, plan);
  const capacity = await countCapacity(setting, plan);
  const hashing = await measureHashing();
  const machine = `${availableParallelism()} × ${cpus()[0]?.model}, Node ${process.version}, load ${load.toFixed(1)} at the start`;
  const markdown = [
    `${machine}; medians of ${plan.rounds} rounds of ${plan.seconds} s`,
    report.bars(rows),
    report.comparison(rows),
    `### Capacity units a request, 64 connections\n\n${report.capacity(capacity)}`,
    `Hashing a password: ${hashing.toFixed(0)} ms of CPU time, on a thread of its own.`,
  ].join("\n\n");
  const json = JSON.stringify({ machine, plan, rows, capacity, hashing }, undefined, 2);
  return {
    markdown,
    "bench.json": json,
    "bench.svg": chart(rows, plan.connections.includes(64) ? 64 : (plan.connections[0] as number)),
  };
}

async function studied(setting: Setting, name: StudyName) {
  const rows = await study(setting, name, { rounds: plan.rounds, seconds: plan.seconds });
  const json = JSON.stringify(rows, undefined, 2);
  return { markdown: report.study(name, rows), [`${name}.json`]: json };
}

function check({ scenarios: chosen, connections }: Plan): void {
  const unknown = chosen.find((name) => !names.includes(name));
  const wrong = connections.find((count) => !(Number.isInteger(count) && count > 0));
  if (unknown !== undefined) fail(`--scenario is ${unknown}: allowed are ${names.join(", ")}.`);
  if (wrong !== undefined) fail("--connections must be positive whole numbers, comma separated.");
  if (values.study !== undefined && !Object.hasOwn(STUDIES, values.study)) {
    fail(`--study is ${values.study}: allowed are ${Object.keys(STUDIES).join(", ")}.`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
