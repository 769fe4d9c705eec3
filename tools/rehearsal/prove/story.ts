/** The steps of proving a stage, in order. */
import { appendFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../common/root.ts";
import { takeTour } from "../boot/checks/tour.ts";
import { checkDeployment } from "../checks/check-deployment.ts";
import { type Deployment, findDeployment } from "../checks/deployment.ts";
import { present, same } from "../checks/expect.ts";
import { leftovers } from "../checks/leftovers.ts";
import { readLinks } from "../checks/links.ts";
import { edit } from "../deploy/life.ts";
import { paths } from "../deploy/paths.ts";
import type { Clients } from "./report.ts";
import { underTraffic } from "./traffic.ts";
import type { World } from "./world.ts";

/** How long AWS may take to show a change. */
const PATIENCE_SECONDS = 600;

/** The file whose change in the copy makes another version. */
const SERVER = "packages/api/src/server.ts";

/** Deploys the stage and checks everything that it promises. */
export async function prove(world: World): Promise<void> {
  const { sst, stage, emulator } = world;
  const deploy = () => sst.run("deploy", "--stage", stage);
  await step(world, "first deploy", deploy, () => "as many instances as wanted serve");
  await step(
    world,
    "wiring",
    () => wired(world),
    () => "from the balancer to the tables",
  );
  await tour(world);
  await busy(world, "a new version replaces both instances", async () => {
    await edit("proof");
    await deploy();
  });
  await step(world, "wiring of the new version", () => wired(world), versionOf);
  await busy(world, "a version that crashes is rolled back", () => rollBack(world));
  await busy(world, "the key of the tokens is rotated, mended code goes out", () => rotate(world));
  await busy(world, "an instance is terminated", () => terminate(world));
  await tour(world);
  if (emulator) world.steps.note("the emulator's instances answer nobody: no tour, no load");
}

/** The wiring checks of `npm run rehearse`; on AWS, old instances take a while to go. */
function wired({ cloud, stage, interrupted }: World): Promise<Deployment> {
  return eventually(interrupted, () => checkDeployment(cloud, stage));
}

async function tour(world: World): Promise<void> {
  if (world.emulator) return;
  const url = await urlOf(world);
  await step(
    world,
    "the API's tour",
    () => takeTour(url),
    () => "every route",
  );
}

async function rollBack({ sst, stage, cloud, emulator, interrupted }: World): Promise<void> {
  const before = await findDeployment(cloud);
  await appendFile(join(paths.app, SERVER), '\nthrow new Error("broken on purpose");\n');
  // The emulator runs no code, so it is told how the refresh ends.
  await emulator?.control({ refreshOutcome: "RollbackSuccessful", refreshReason: "It crashes." });
  await sst.fails(/does not serve/, "deploy", "--stage", stage);
  await emulator?.control({ refreshOutcome: "Successful" });
  await eventually(interrupted, async () =>
    same((await findDeployment(cloud)).version, before.version, "version after the rollback"),
  );
}

async function rotate(world: World): Promise<void> {
  const { sst, stage, cloud } = world;
  const keys = async () => (await readLinks(cloud, (await findDeployment(cloud)).plan)).tokenSecret;
  const before = await keys();
  await copyFile(join(root, SERVER), join(paths.app, SERVER));
  await sst.run("secret", "set", "TokenSecretVersion", "proof", "--stage", stage);
  await sst.run("deploy", "--stage", stage);
  const after = await keys();
  same([after.previous, after.value], [before.value, before.next], "the keys moved along");
  await wired(world);
}

async function terminate(world: World): Promise<void> {
  const { cloud } = world;
  const { group } = await wired(world);
  const InstanceId = present(group.Instances?.[0]?.InstanceId, "an instance");
  await cloud.autoScaling.terminateInstanceInAutoScalingGroup({
    InstanceId,
    ShouldDecrementDesiredCapacity: false,
  });
  await eventually(world.interrupted, async () => {
    const { group: now } = await checkDeployment(cloud, world.stage);
    same(
      now.Instances?.some((each) => each.InstanceId === InstanceId),
      false,
      `${InstanceId} left`,
    );
  });
}

/** Removes the stage and looks for leftovers in the account. */
export async function removeStage(world: World, before: readonly string[]): Promise<void> {
  const { sst, stage, cloud } = world;
  // For an interrupted deploy; otherwise there is no lock, and SST says so.
  await sst.run("unlock", "--stage", stage).catch(() => {});
  await step(world, "the stage is removed", () => sst.run("remove", "--stage", stage));
  const look = async () => {
    const left = (await leftovers(cloud)).filter((each) => !before.includes(each));
    same(left, [], "left behind");
  };
  await step(
    world,
    "leftovers",
    () => eventually(world.interrupted, look),
    () => "none",
  );
}

/** An action that must not fail a request; on an account, clients keep sending. */
async function busy(world: World, what: string, action: () => Promise<unknown>): Promise<void> {
  const { processes, emulator } = world;
  if (emulator) return step(world, what, action);
  const name = what.replaceAll(/\W+/g, "-");
  const url = await urlOf(world);
  let clients: Clients | undefined;
  await step(
    world,
    what,
    async () => {
      ({ clients } = await underTraffic({ url, name, processes }, action));
    },
    () => "",
    () => clients,
  );
}

async function urlOf({ sst }: World): Promise<string> {
  return `${present((await sst.outputs()).url, "the stage's address")}`;
}

function versionOf({ version }: Deployment): string {
  return `version ${version} of the launch template`;
}

/** A step whose outcome goes into the report. */
async function step<Result>(
  { steps, report }: World,
  what: string,
  action: () => Promise<Result>,
  found: (result: Result) => string = () => "",
  clients: () => Clients | undefined = () => undefined,
): Promise<void> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    const result = await steps.run(what, action);
    const met = clients();
    if (met) steps.note(`${met.requests} requests, ${met.failed} failed`);
    report.add({ what, seconds: seconds(), found: found(result), clients: met });
  } catch (error) {
    report.add({ what, seconds: seconds(), found: `failed: ${(error as Error).message}` });
    throw error;
  }
}

/** Retries until it holds: AWS shows some changes late. */
async function eventually<Result>(
  signal: AbortSignal,
  look: () => Promise<Result>,
): Promise<Result> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= end) throw error;
      await sleep(5000, undefined, { signal });
    }
  }
}
