/**
 * `npm run rehearse`: rehearses the life of a deployment against an AWS emulator on this machine.
 *
 * Needs no account and no network, touches neither the checkout nor its `.sst`, and ends with 0
 * when every step did what it should. `docs/testing.md` says what that proves.
 */
import { mkdir, rm } from "node:fs/promises";
import { namedBy } from "../../infra/policies/deployer.ts";
import { stages } from "../../infra/stages.ts";
import { parseCommandLine, WrongArgument } from "../common/command-line.ts";
import type { Steps } from "../common/steps.ts";
import { connect } from "./checks/cloud.ts";
import { command, type Run } from "./deploy/command.ts";
import { findEngine, type Provider } from "./deploy/engine.ts";
import {
  deployNewCode,
  deployTwice,
  develop,
  protect,
  remove,
  rollBack,
  rotate,
  STAGE,
  type Stage,
} from "./deploy/life.ts";
import { takeLock } from "./deploy/lock.ts";
import { paths } from "./deploy/paths.ts";
import { prepare } from "./deploy/prepare.ts";
import { countCalls, readCalls, readFindings } from "./deploy/report.ts";
import { deployers, judge } from "./deploy/rights/judge.ts";
import { choicesOfShapes, rehearseShapes } from "./deploy/shapes.ts";
import { explainFailure, REGION } from "./deploy/sst.ts";

const USAGE = `npm run rehearse -- [options]

Runs a full deployment lifecycle with the real SST CLI against an AWS emulator.

  --keep          leave the stage deployed and the emulator running, also after a failure
  --patient       an emulator that does everything at once and takes anything, as AWS does not
  --shapes        plan every shape that a stage may have, and deploy those that differ in kind
  --only <text>   of the shapes, those whose title has this text; may be repeated
  -h, --help      this text

examples
  npm run rehearse
  npm run rehearse -- --shapes --only "life: network"`;

interface Options {
  keep: boolean;
  patient: boolean;
  shapes: boolean;
  only: string[];
}

await command("rehearse", USAGE, begin, explain);

async function begin(args: string[], run: Run): Promise<void> {
  const options = parseCommandLine({
    args,
    options: {
      keep: { type: "boolean", default: false },
      patient: { type: "boolean", default: false },
      shapes: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  }).values;
  if (options.only.length > 0 && !options.shapes) throw new WrongArgument("--only is for --shapes");
  await rehearse(options, run);
}

async function rehearse(
  { keep, patient, shapes, only }: Options,
  { processes, steps }: Run,
): Promise<void> {
  const began = performance.now();
  const engine = await findEngine();
  console.info(`Rehearsal with ${engine.description}.`);
  await takeLock();
  await rm(paths.logs, { recursive: true, force: true });
  await mkdir(paths.logs, { recursive: true });
  const { sst, emulator } = await prepare({ engine, processes, steps, hostile: !patient });
  if (keep) await emulator.keep();
  const { provider } = engine;
  const cloud = connect(emulator.endpoint, REGION);
  const stage = { steps, provider, sst, cloud, emulator, processes };
  if (shapes) await rehearseShapes(stage, only);
  else await rehearseLife(stage, keep);
  if (provider !== "pulumi") {
    await steps.run("the report has nothing new", () =>
      checkReport(provider, !keep && !shapes, steps),
    );
  }
  // The stand-in makes other calls than the provider does: it tags what it has made, for one.
  if (provider !== "stand-in") {
    const table = shapes ? { ...stages, ...choicesOfShapes() } : stages;
    await steps.run("each call is one that its caller may make", () => checkRights(table, steps));
  }
  const { calls, services } = await countCalls();
  steps.note(`${calls} calls to ${services} services`);
  const seconds = Math.round((performance.now() - began) / 1000);
  steps.note(`${seconds} s in all; the logs are in ${paths.logs}`);
  if (keep) steps.note(`stage ${STAGE} stays deployed at AWS_ENDPOINT_URL=${emulator.endpoint}`);
}

async function rehearseLife(stage: Stage, keep: boolean): Promise<void> {
  await deployTwice(stage);
  await deployNewCode(stage);
  await rollBack(stage);
  await rotate(stage);
  await develop(stage);
  if (keep) return;
  await remove(stage);
  await protect(stage);
}

/** Fails on new warnings of the provider, and on what it could not really do. */
async function checkReport(provider: Provider, complete: boolean, steps: Steps): Promise<void> {
  const { known, unknown, stale } = await readFindings(provider);
  if (known.length > 0) steps.note(`${known.length} known findings:`);
  for (const finding of known) steps.note(`  ${finding}`);
  const problems = [
    ...unknown.map((finding) => `new finding "${finding}"`),
    ...(complete ? stale.map((finding) => `finding "${finding}" does not come up any more`) : []),
  ];
  if (problems.length > 0) {
    throw new Error(
      `${problems.join("; ")}; mend it, or list it in tools/rehearsal/deploy/known-findings.json`,
    );
  }
}

/** Fails on calls that the printed policies of these stages do not allow, and lists them. */
async function checkRights(table: typeof stages, steps: Steps): Promise<void> {
  const { evaluated, refused } = await judge(await readCalls(), deployers(namedBy(table)));
  if (refused.length > 0)
    throw new Error(`${refused.length} calls are not allowed:\n  ${refused.join("\n  ")}\n`);
  steps.note(`${evaluated} calls of deployers evaluated, none refused`);
}

/** One line about what went wrong and where to look. */
function explain(error: Error, { steps }: Run): string {
  const why = explainFailure(error);
  return steps.begun > 0 ? `${why}; the logs are in ${paths.logs}` : why;
}
