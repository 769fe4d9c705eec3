import { readFile } from "node:fs/promises";
import { sha256Tar } from "sst-ec2/archive";
import type { Processes } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { type Cloud, connect } from "../checks/cloud.ts";
import { type Deployment, type Fleet, findDeployment, findWorkers } from "../checks/deployment.ts";
import { only, present, same } from "../checks/expect.ts";
import { type Links, linkOf, readEnvironment, readLinks } from "../checks/links.ts";
import { KEY } from "../checks/quotes.ts";
import { type Control, keptEmulator } from "../deploy/emulator.ts";
import { findEngine } from "../deploy/engine.ts";
import { edit, STAGE } from "../deploy/life.ts";
import { prepare } from "../deploy/prepare.ts";
import { REGION } from "../deploy/sst.ts";
import type { PostgresLink } from "./quotes.ts";

/** The deployed stage, in two versions of its code. */
export interface DeployedStage {
  endpoint: string;
  cloud: Cloud;
  links: Links;
  before: Deployment;
  after: Deployment;
  // #region quotes
  /** What the collector's instances run. */
  collector: Fleet;
  /** The database link, as the collector gets it. */
  postgres: PostgresLink;
  // #endregion quotes
  /** Tells the emulator what else is wanted from now on. */
  control(more: Partial<Control>): Promise<void>;
  /** Deploys another change of the code. @returns what the deploy said */
  deploy(change: string): Promise<string>;
}

/**
 * Deploys the working tree and then a change of it with the real SST: to the emulator that `npm run
 * rehearse -- --keep` left running, or to a new one, which ends with this process.
 */
export async function deployStage(steps: Steps, processes: Processes): Promise<DeployedStage> {
  const engine = await findEngine();
  const { sst, emulator } = await prepare({
    engine,
    processes,
    steps,
    emulator: await keptEmulator(),
  });
  const cloud = connect(emulator.endpoint, REGION);
  await sst.run("secret", "set", "CmcApiKey", KEY, "--stage", STAGE); // drop: quotes
  await steps.run("sst deploy: the working tree", () => sst.run("deploy", "--stage", STAGE));
  const before = await findDeployment(cloud);
  const keep = await rememberArchives(cloud, before);
  await edit(`boot-${Date.now()}`);
  await steps.run("sst deploy: a new version of the code", () =>
    sst.run("deploy", "--stage", STAGE),
  );
  const after = await findDeployment(cloud);
  // A deploy removes unused archives after its rollout; here the rollout is yet to come.
  await keep();
  same(before.plan.app.sha256 !== after.plan.app.sha256, true, "another application archive");
  const links = await readLinks(cloud, after.plan);
  // #region quotes
  const collector = only(await findWorkers(cloud), "group without a balancer");
  const postgres = linkOf(await readEnvironment(cloud, collector.plan), "Postgres");
  // #endregion quotes
  let wanted: Control = { refreshOutcome: "Successful" };
  return {
    ...{ endpoint: emulator.endpoint, cloud, links, before, after },
    ...{ collector, postgres }, // drop: quotes
    async control(more) {
      wanted = { ...wanted, ...more };
      await emulator.control(wanted);
    },
    async deploy(change) {
      await edit(`${change}-${Date.now()}`);
      return (await sst.run("deploy", "--stage", STAGE)).output;
    },
  };
}

/** Reads a version's archives. @returns a function that restores them */
async function rememberArchives({ s3 }: Cloud, { plan }: Deployment): Promise<() => Promise<void>> {
  const archives = await Promise.all(
    [plan.runtime.key, plan.app.key].map(async (Key) => {
      const { Body } = await s3.getObject({ Bucket: plan.bucket, Key });
      const bytes = await present(Body, `archive ${Key}`).transformToByteArray();
      return { Bucket: plan.bucket, Key, Body: bytes };
    }),
  );
  return async () => {
    for (const archive of archives) await s3.putObject(archive);
  };
}

/** Uploads another archive, and returns user data that fetches it. */
export async function withArchive(
  { cloud, after }: DeployedStage,
  key: string,
  file: string,
): Promise<string> {
  const Body = await readFile(file);
  await cloud.s3.putObject({ Bucket: after.plan.bucket, Key: key, Body });
  return withSettings(after.userData, {
    APP_KEY: key,
    APP_SHA256: await sha256Tar(file),
  });
}

/**
 * User data with other values for some of its settings. @throws when one is missing
 */
export function withSettings(userData: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name}='[^']*'$`, "m");
    if (!line.test(text)) throw new Error(`user data has no setting ${name}`);
    return text.replace(line, () => `${name}='${value}'`);
  }, userData);
}
