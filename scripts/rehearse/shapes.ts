import { appendFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import { leftovers } from "../../test/rehearsal/checks/leftovers.ts";
import { KEY } from "../../test/rehearsal/checks/quotes.ts";
import { type Cloud, connect } from "../../test/rehearsal/cloud.ts";
import { same } from "../../test/rehearsal/expect.ts";
import { LIVES, SHAPES, type Shape, type ShapeName, ZONE } from "../../test/rehearsal/shapes.ts";
import { deployUnchanged, type Stage } from "./life.ts";
import { paths, root } from "./paths.ts";
import { explainFailure, REGION, type Sst } from "./sst.ts";

/** The stage that takes on one shape after the other. */
const STAGE = "shape";

/** A stage whose region cannot be seen from the others'. */
type Place = { region: string; sst: Sst; cloud: Cloud };

/**
 * Plans every shape of a stage with the provider, as changes of a personal stage.
 *
 * @param names Those to plan. @default all
 * @throws with all that failed, each in a line
 */
export async function planShapes(stage: Stage, names: ShapeName[]): Promise<void> {
  await createZone(stage.cloud);
  const regions = new Set(names.map((name) => regionOf(SHAPES[name])));
  const failed: string[] = [];
  for (const region of regions) {
    const place = placeOf(stage, region);
    await take(SHAPES.personal);
    await stage.steps.run(`sst deploy in ${region}: a personal stage`, () => deploy(place));
    for (const name of names.filter((each) => regionOf(SHAPES[each]) === region)) {
      await stage.steps
        .run(`sst diff: ${name}`, () => plan(place, SHAPES[name]))
        .catch((error) => failed.push(`${name}: ${explainFailure(error)}`));
    }
    await take(SHAPES.personal);
    await stage.steps.run(`sst remove in ${region}`, () => remove(place));
  }
  if (failed.length > 0) throw new Error(failed.join("\n"));
}

/**
 * Deploys shapes one after the other to one stage, each twice, and removes the last one.
 *
 * @param names Those of {@link LIVES} to live. @default all
 */
export async function liveShapes(stage: Stage, names: string[]): Promise<void> {
  await createZone(stage.cloud);
  for (const name of names) {
    const shapes = LIVES[name] ?? [];
    const place = placeOf(stage, regionOf(SHAPES[shapes[0] as ShapeName]));
    for (const shape of shapes) {
      await take(SHAPES[shape]);
      await stage.steps.run(`${name}, sst deploy: ${shape}`, () => deploy(place));
      await stage.steps.run("  again: nothing changes", () => deployUnchanged(place.sst, STAGE));
    }
    await stage.steps.run(`${name}, sst remove: the account is empty`, () => remove(place));
  }
}

async function plan({ sst }: Place, shape: Shape): Promise<void> {
  await take(shape);
  await sst.run("diff", "--stage", STAGE);
}

async function deploy({ sst }: Place): Promise<void> {
  await sst.run("secret", "set", "CmcApiKey", KEY, "--stage", STAGE);
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

function placeOf({ sst, cloud, emulator }: Stage, region: string): Place {
  if (region === cloud.region) return { region, sst, cloud };
  return { region, sst: sst.in(region), cloud: connect(emulator.endpoint, region) };
}

function regionOf({ region = REGION }: Shape): string {
  return region;
}

/** The zone is the account's own, as it is a user's. */
async function createZone({ dns }: Cloud): Promise<void> {
  await dns.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: ZONE }));
}
