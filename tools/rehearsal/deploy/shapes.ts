import { AssertionError } from "node:assert/strict";
import { appendFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailed } from "../../common/processes.ts";
import { root } from "../../common/root.ts";
import { type Cloud, connect } from "../checks/cloud.ts";
import { same } from "../checks/expect.ts";
import { leftovers } from "../checks/leftovers.ts";
import { KEY } from "../checks/quotes.ts";
import { setUpAccess } from "./access.ts";
import { deployUnchanged, refuse, type Stage } from "./life.ts";
import { paths } from "./paths.ts";
import { setUpSst } from "./prepare.ts";
import { LIVES, SHAPES, type Shape, type ShapeName, ZONE } from "./shape-list.ts";
import { explainFailure, REGION, type Sst } from "./sst.ts";

/** The stage that takes one shape after another. */
const STAGE = "shape";

/** A region, which the clients of another region do not see. */
type Place = { region: string; sst: Sst; cloud: Cloud };

/**
 * Plans every shape of a stage, and deploys each sequence of {@link LIVES}.
 *
 * @param only Titles that contain one of these texts, such as `plan: spot`, `life: network` or
 * `life:`.
 * @default all
 */
export async function rehearseShapes(stage: Stage, only: readonly string[] = []): Promise<void> {
  const wanted = (title: string) => only.length === 0 || only.some((text) => title.includes(text));
  const named = <T extends string>(kind: "plan" | "life", table: Record<T, unknown>) =>
    (Object.keys(table) as T[]).filter((name) => wanted(`${kind}: ${name}`));
  await stage.emulator.control({ refreshOutcome: "Successful", refreshSeconds: 1 });
  await createZone(stage.cloud);
  const failed: string[] = [];
  const attempt: Attempt = async (name, action) => {
    try {
      await action();
    } catch (error) {
      // Anything else, such as an interruption, ends it all.
      if (!(error instanceof CommandFailed || error instanceof AssertionError)) throw error;
      failed.push(`${name}: ${explainFailure(error)}`);
    }
  };
  await planShapes(stage, named("plan", SHAPES), attempt);
  for (const name of named("life", LIVES)) {
    const place = placeOf(stage, regionOf(SHAPES[LIVES[name]?.[0] as ShapeName]));
    await open(stage, place);
    await attempt(name, () => live(stage, place, name));
    await attempt(name, () =>
      stage.steps.run(`life: ${name}, sst remove: the account is empty`, () => remove(place)),
    );
  }
  if (failed.length > 0) throw new Error(failed.join("; "));
}

/** Records a failure and continues, so that one run shows all of them. */
type Attempt = (name: string, action: () => Promise<void>) => Promise<void>;

/** Plans shapes with the provider, as changes of a personal stage. */
async function planShapes(stage: Stage, names: ShapeName[], attempt: Attempt): Promise<void> {
  const regions = new Set(names.map((name) => regionOf(SHAPES[name])));
  for (const region of regions) {
    const place = placeOf(stage, region);
    await open(stage, place);
    await take(SHAPES.personal);
    await stage.steps.run(`sst deploy in ${region}: a personal stage`, () => deploy(place));
    for (const name of names.filter((each) => regionOf(SHAPES[each]) === region)) {
      await attempt(name, () => stage.steps.run(`plan: ${name}`, () => plan(place, SHAPES[name])));
    }
    await take(SHAPES.personal);
    await stage.steps.run(`sst remove in ${region}`, () => remove(place));
  }
}

/** Deploys shapes one after the other to one stage, each twice. */
async function live(stage: Stage, place: Place, name: string): Promise<void> {
  const { steps } = stage;
  for (const shape of LIVES[name] ?? []) {
    await take(SHAPES[shape]);
    await steps.run(`life: ${name}, sst deploy: ${shape}`, () => deploy(place));
    await steps.run("  again: nothing changes", () => deployUnchanged(place.sst, STAGE));
    await refuse({ ...stage, ...place }, STAGE);
  }
}

async function plan({ sst }: Place, shape: Shape): Promise<void> {
  await take(shape);
  await sst.run("diff", "--stage", STAGE);
}

async function deploy({ sst }: Place): Promise<void> {
  await sst.run("secret", "set", "CmcApiKey", KEY, "--stage", STAGE); // drop: quotes
  await sst.run("deploy", "--stage", STAGE);
}

async function remove({ sst, cloud }: Place): Promise<void> {
  await sst.run("remove", "--stage", STAGE);
  same(await leftovers(cloud), [], "left behind");
}

/** Gives the stage of the copy a shape. */
async function take({ choices }: Shape): Promise<void> {
  const file = "infra/stages.ts";
  await copyFile(join(root, file), join(paths.app, file));
  const line = `stages[${JSON.stringify(STAGE)}] = ${JSON.stringify(choices)};`;
  await appendFile(join(paths.app, file), `\n${line}\n`);
}

const opened = new Set([REGION]);

/** Prepares a further region, once. */
async function open({ steps, emulator }: Stage, { region, sst }: Place): Promise<void> {
  if (opened.has(region)) return;
  opened.add(region);
  await steps.run(`${region}: the access stack, SST's own bucket and settings`, async () => {
    await setUpAccess(emulator.endpoint, region);
    await setUpSst(sst);
  });
}

function placeOf({ sst, cloud, emulator }: Stage, region: string): Place {
  if (region === cloud.region) return { region, sst, cloud };
  return {
    region,
    sst: sst.with({ AWS_REGION: region }),
    cloud: connect(emulator.endpoint, region),
  };
}

function regionOf({ region = REGION }: Shape): string {
  return region;
}

/** What the shapes choose, as a table of stages. */
export function choicesOfShapes(): Record<string, Shape["choices"]> {
  const shapes: [string, Shape][] = Object.entries(SHAPES);
  return Object.fromEntries(
    shapes.map(([name, { choices }]) => [name, { ...choices, retain: false }]),
  );
}

/** The account's own hosted zone, as users have one. */
async function createZone({ dns }: Cloud): Promise<void> {
  await dns.createHostedZone({ Name: ZONE, CallerReference: ZONE });
}
