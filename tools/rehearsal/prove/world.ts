/** Where a stage is proved: an account, or an emulator on this machine. */
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { type Stage, stageOf, stages } from "../../../infra/stages.ts";
import { copyCheckout } from "../../common/checkout.ts";
import type { Processes } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { identify } from "../../stage/doctor/checks/credentials.ts";
import { type Cloud, connect } from "../checks/cloud.ts";
import type { Emulator } from "../deploy/emulator.ts";
import { findEngine } from "../deploy/engine.ts";
import { paths } from "../deploy/paths.ts";
import { prepare } from "../deploy/prepare.ts";
import { REGION, Sst } from "../deploy/sst.ts";
import type { Report } from "./report.ts";

/** What the steps use. */
export interface World {
  stage: string;
  region: string;
  account: string;
  sst: Sst;
  /** Sees only this stage. */
  cloud: Cloud;
  processes: Processes;
  /** Cancels waits. */
  interrupted: AbortSignal;
  steps: Steps;
  report: Report;
  /** Only with an emulator: its instances are list entries that answer nobody. */
  emulator?: Emulator | undefined;
}

/** A throwaway stage. */
const THROWAWAY: Partial<Stage> = { min: 2, max: 4, retain: false, deletionProtection: false };

/**
 * Makes a stage throwaway, in this process.
 *
 * @throws When it is retained.
 */
export function makeThrowaway(stage: string): void {
  if (stageOf(stage).retain)
    throw new Error(`stage ${stage} is kept (retain); prove a stage that can be thrown away`);
  stages[stage] = { ...stages[stage], ...THROWAWAY };
}

type Part = Omit<World, "sst" | "cloud" | "region" | "account" | "emulator">;

/** The account of the environment's credentials. @throws without credentials */
export async function inAccount(part: Part): Promise<World> {
  const region = process.env.AWS_REGION || REGION;
  const { finding, who } = await identify(region);
  if (!who) throw new Error(`${finding.found}; ${finding.todo}`);
  const { account } = who;
  await part.steps.run("a copy of the working tree", () => copyCheckout(paths.app));
  await chooseInCopy(part.stage);
  const env = {
    ...process.env,
    PATH: [join(paths.app, "node_modules/.bin"), process.env.PATH].join(":"),
    AWS_REGION: region,
    SST_SKIP_APPSYNC: "1",
  };
  const cloud = connect(process.env.AWS_ENDPOINT_URL, region, { account, stage: part.stage });
  return { ...part, region, account, cloud, sst: new Sst(part.processes, env) };
}

/**
 * An emulator of its own, with the engine of `npm run rehearse`.
 *
 * @param lasting processes that outlive an interruption: the emulator, from which the stage is removed
 */
export async function inEmulator(part: Part, lasting: Processes): Promise<World> {
  const engine = await findEngine();
  part.steps.note(`with ${engine.description}`);
  const { sst, emulator } = await prepare({ engine, ...part, processes: lasting });
  await chooseInCopy(part.stage);
  const cloud = connect(emulator.endpoint, REGION, { stage: part.stage });
  const own = { sst: sst.under(part.processes), cloud, emulator };
  return { ...part, region: REGION, account: cloud.account, ...own };
}

/** The same options in the copy, which is what is deployed. */
function chooseInCopy(stage: string): Promise<void> {
  const choices = `{ ...stages[${JSON.stringify(stage)}], ...${JSON.stringify(THROWAWAY)} }`;
  const line = `stages[${JSON.stringify(stage)}] = ${choices};`;
  return appendFile(join(paths.app, "infra/stages.ts"), `\n${line}\n`);
}
