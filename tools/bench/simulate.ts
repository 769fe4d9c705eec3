/**
 * `npm run simulate`: a production group under load that doubles, spikes, follows a day or loses a
 * zone, with today's settings and with others, as a discrete-event simulation. Needs no network.
 *
 * Prints Markdown; keeps it with the curves in `--out`. Ends with 0, or with 2 when an argument is wrong.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { sectionsFile, writeDocs } from "./docs.ts";
import { checkModel } from "./simulation/checks.ts";
import { growth } from "./simulation/growth.ts";
import { LOADS, type Load } from "./simulation/loads.ts";
import { cpuOf } from "./simulation/mix.ts";
import { pricing } from "./simulation/pricing.ts";
import * as report from "./simulation/report.ts";
import { productionModel, study } from "./simulation/study.ts";
import type { Section } from "./tables.ts";

const NAMES = Object.keys(LOADS) as (keyof typeof LOADS)[];

const USAGE = `npm run simulate -- [options]

Simulates a production group under changing load, to choose how it scales.

  --load NAME    ${NAMES.join(", ")}; may be repeated (default: all, about 2 minutes of CPU)
  --seed NUMBER  other chance (default 1); the same seed gives the same numbers
  --docs         write what earlier runs found into docs/scale.md; simulates nothing
  --out FOLDER   where results are kept (default .data/simulation)
  -h, --help     this text

examples
  npm run simulate -- --load spike`;

/** Loads whose curves the page shows; where load doubles, they are flat. */
const SHOWN = ["spike", "zone", "day"];
const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;
const PAGE = new URL("../../docs/scale.md", import.meta.url);

await main("simulate", USAGE, async (args) => {
  const { load = NAMES, seed, docs, out } = read(args);
  if (docs) return fillDocs(out);
  await mkdir(out, { recursive: true });
  const model = productionModel(Number(seed));
  await keep(out, "model", [report.inputs(model), report.checked(checkModel(model))]);
  await keep(out, "growth", [growth(), ...pricing(cpuOf(model.kinds))]);
  for (const name of load) {
    const chosen: Load = LOADS[name];
    const results = study(model, chosen);
    await keep(out, name, [report.outcome(chosen, results)]);
    const drawn = results
      .map(({ settings }) => settings)
      .filter((_, i) => [0, 1, 4, 10].includes(i));
    await writeFile(join(out, `scale-${name}.svg`), report.draw(chosen, results, drawn));
  }
  console.info(report.LEGEND);
});

async function keep(out: string, name: string, sections: Section[]): Promise<void> {
  for (const { title, text } of sections) console.info(`\n### ${title}\n\n${text}`);
  await writeFile(sectionsFile(out, name), JSON.stringify(sections, undefined, 2));
}

async function fillDocs(out: string): Promise<void> {
  const left = await writeDocs(out, ["model", "growth", ...NAMES], PAGE, "simulate");
  if (left.length > 0) console.info(`${out} has nothing for these places: ${left.join("; ")}.`);
  for (const name of SHOWN) {
    const curves = `scale-${name}.svg`;
    // A run of other loads has none.
    if (existsSync(join(out, curves))) await copyFile(join(out, curves), join(IMAGES, curves));
  }
}

function read(args: string[]) {
  const { values } = parseCommandLine({
    args,
    options: {
      load: { type: "string", multiple: true },
      seed: { type: "string", default: "1" },
      docs: { type: "boolean", default: false },
      out: { type: "string", default: ".data/simulation" },
    },
  });
  const isLoad = (name: string): name is keyof typeof LOADS => Object.hasOwn(LOADS, name);
  const load = values.load?.map((name) => {
    if (isLoad(name)) return name;
    throw new WrongArgument(`--load is "${name}"; allowed are ${NAMES.join(", ")}`);
  });
  if (!/^\d{1,9}$/.test(values.seed))
    throw new WrongArgument(`--seed is "${values.seed}"; it must be a whole number`);
  return { ...values, load };
}
