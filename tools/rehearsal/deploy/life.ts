import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { checkArchives, checkArtifact } from "../checks/artifact.ts";
import { checkDeployment } from "../checks/check-deployment.ts";
import type { Cloud } from "../checks/cloud.ts";
import { type Deployment, findDeployment, findWorkers } from "../checks/deployment.ts";
import { same } from "../checks/expect.ts";
import { leftovers } from "../checks/leftovers.ts";
import { type Links, readLinks } from "../checks/links.ts";
import { checkProtection } from "../checks/protection.ts";
import { KEY } from "../checks/quotes.ts";
import { findPace, findRefreshes, findWatched, setAlarm } from "../checks/refreshes.ts";
import { checkState } from "../checks/state.ts";
import { rehearseDev } from "./dev.ts";
import type { Emulator } from "./emulator.ts";
import type { Provider } from "./engine.ts";
import { paths } from "./paths.ts";
import { readCalls, readDifferences } from "./report.ts";
import { judge } from "./rights/judge.ts";
import { readTakers } from "./rights/roles.ts";
import type { Sst } from "./sst.ts";
import { withoutEdge } from "./without-edge.ts";

/** The deployed stage, defined in `infra/stages.ts`. */
export const STAGE = "rehearsal";

/** The stage of `sst dev`, a personal one. */
const DEV_STAGE = "rehearsal-dev";

/** The stage that must not be lost. */
const PRODUCTION = "prod";

/** The emulator's reason for a rollback, which the deploy must repeat. */
const ROLLBACK_REASON = "The rehearsal's alarm fired.";

/**
 * The vCPUs of the stage's three instances plus one: no successor can start before an instance
 * stops.
 */
const NO_ROOM = 7;

/** vCPUs of a new account: production's two instances use four. */
const NEW_ACCOUNT = 5;

/** Alarms that roll a rollout back: those of the running version. */
const WATCHED = ["ApiBalancer", "ApiErrors", "ApiSick", "ApiSlow"];

/** What the steps use. */
export interface Stage {
  steps: Steps;
  provider: Provider;
  sst: Sst;
  cloud: Cloud;
  emulator: Emulator;
  processes: Processes;
}

/** First deploy, and a second one that must not change anything. */
export async function deployTwice(stage: Stage): Promise<void> {
  const { steps, sst, cloud } = stage;
  // #region quotes
  await steps.run("sst deploy: a missing secret stops it, and it says which", () =>
    sst.fails(/sst secret set CmcApiKey <key> --stage rehearsal/, "deploy", "--stage", STAGE),
  );
  await steps.run("sst secret set: the key of CoinMarketCap", () =>
    sst.run("secret", "set", "CmcApiKey", KEY, "--stage", STAGE),
  );
  // #endregion quotes
  await steps.run("sst deploy: the whole app", () => sst.run("deploy", "--stage", STAGE));
  await steps.run("the account has it all, wired", () => checkDeployment(cloud, STAGE));
  await steps.run("sst deploy again: nothing changes", async () => {
    const before = await findDeployment(cloud);
    await deployUnchanged(sst, STAGE);
    same((await findDeployment(cloud)).version, before.version, "template version");
    same(await findRefreshes(cloud), [], "instance refreshes");
  });
  await refuse(stage, STAGE);
  await steps.run("sst refresh, sst deploy: the account is as the state says", async () => {
    same((await sst.run("refresh", "--stage", STAGE)).changes, [], "what sst refresh found");
    await deployUnchanged(sst, STAGE);
  });
}

/**
 * Checks with the stand-in what AWS refuses and Terraform's provider accepts: it validates the
 * arguments of every resource except CloudFront's. Changes nothing.
 */
export async function refuse({ steps, sst, provider }: Stage, name: string): Promise<void> {
  if (provider !== "terraform") return;
  const standIn = sst.with({ REHEARSAL_PROVIDER: "boto3", REHEARSAL_REPORT: "/dev/null" });
  await steps.run("sst diff with the stand-in: AWS would refuse nothing", () =>
    withoutEdge(() => standIn.run("diff", "--stage", name)),
  );
}

/** A deploy that must not change any property of any resource. */
export async function deployUnchanged(sst: Sst, stage: string): Promise<void> {
  const before = await readDifferences();
  same((await sst.run("deploy", "--stage", stage)).changes, [], "changes of a deploy of the same");
  const after = await readDifferences();
  same(after.slice(before.length), [], "differences in a deploy of the same");
}

/** New code: `sst diff` shows it, a deploy rolls it out and waits. */
export async function deployNewCode({ steps, sst, cloud }: Stage): Promise<void> {
  const before = await findDeployment(cloud);
  await edit("second");
  await steps.run("sst diff: shows the new code and changes nothing", async () => {
    const { changes } = await sst.run("diff", "--stage", STAGE);
    same(
      changes.some(({ resource }) => resource.includes("LaunchTemplate")),
      true,
      "a new launch template in sst diff",
    );
    same((await findDeployment(cloud)).version, before.version, "template version");
  });
  await steps.run("sst deploy: new code is rolled out and awaited", () =>
    sst.run("deploy", "--stage", STAGE),
  );
  await steps.run("the account has the new version in service", async () => {
    const after = await checkDeployment(cloud, STAGE);
    compare(before, after, "a new version");
    same(await findRefreshes(cloud), ["Successful"], "instance refreshes");
    same(await findWatched(cloud), WATCHED, "alarms that could end the rollout");
    same((await findPace(cloud))[0], 100, "percent of the instances that served meanwhile");
  });
}

/**
 * A rollback fails the deploy with the reason, and the old version keeps its archives. The next
 * deploy succeeds even when the quota has no room for one more instance. The rolled-back deploy
 * changes code and processor; the next one restores the version before it.
 */
export async function rollBack({ steps, sst, cloud, emulator }: Stage): Promise<void> {
  const before = await findDeployment(cloud);
  const undo = await tryOut("third");
  await emulator.control({ refreshOutcome: "RollbackSuccessful", refreshReason: ROLLBACK_REASON });
  await steps.run("sst deploy: a rollback fails it, with the reason", () =>
    sst.fails(new RegExp(`RollbackSuccessful: ${ROLLBACK_REASON}`), "deploy", "--stage", STAGE),
  );
  await steps.run("the group is back at the old version, which can be booted", async () => {
    same(
      (await findDeployment(cloud)).version,
      before.version,
      "template version after the rollback",
    );
    await checkArtifact(cloud, before.plan);
  });
  await emulator.control({ refreshOutcome: "Successful", vcpus: NO_ROOM });
  await undo();
  await setAlarm(cloud, STAGE, "ApiErrors", "ALARM");
  await steps.run("sst deploy: the code of before, while an alarm fires and no vCPU is left", () =>
    sst.run("deploy", "--stage", STAGE),
  );
  await setAlarm(cloud, STAGE, "ApiErrors", "OK");
  await steps.run("the account has it in service, and no archive that nothing names", async () => {
    const after = await checkDeployment(cloud, STAGE);
    const others = WATCHED.filter((name) => name !== "ApiErrors");
    same(await findWatched(cloud), others, "alarms that could end the rollout");
    same(await findPace(cloud), [50, 100], "percent of the instances that served meanwhile");
    same(after.plan.app, before.plan.app, "the application");
    same(after.plan.runtime, before.plan.runtime, "the runtime");
    same(Number(after.version) > Number(before.version), true, "a later template version");
    await checkArchives(
      cloud,
      [after, ...(await findWorkers(cloud))].map(({ plan }) => plan),
    );
    same(
      await findRefreshes(cloud),
      ["Successful", "RollbackSuccessful", "Successful"],
      "instance refreshes",
    );
  });
}

/**
 * One documented command rotates the keys of the API's tokens, and a deploy brings them to the
 * instances. A second rotation is refused, because tokens of the oldest key may be valid; a reset is
 * not.
 */
export async function rotate({ steps, sst, cloud }: Stage): Promise<void> {
  const before = await tokenSecret(cloud);
  const set = (name: string, value: string) =>
    sst.run("secret", "set", name, value, "--stage", STAGE);
  await steps.run("sst secret set: another version of the token secret", () =>
    set("TokenSecretVersion", "rehearsed"),
  );
  await steps.run("sst deploy: the secret is rotated", () => sst.run("deploy", "--stage", STAGE));
  const after = await tokenSecret(cloud);
  await steps.run("the instances get the next key, and still have the last", async () => {
    await checkDeployment(cloud, STAGE);
    same([after.previous, after.value], [before.value, before.next], "the keys moved along");
    same(Object.values(before).includes(after.next), false, "the next key is an old one");
    await checkState(cloud, [...Object.values(before), ...Object.values(after)]);
  });
  await steps.run("sst deploy: rotating too soon fails, with the reason", async () => {
    await set("TokenSecretVersion", "again");
    await sst.fails(/token secret was rotated at .* TokenSecretReset/, "deploy", "--stage", STAGE);
    same(await tokenSecret(cloud), after, "the keys after the refusal");
  });
  await steps.run("sst deploy: after a leak, all keys are new", async () => {
    await set("TokenSecretReset", "leaked");
    await sst.run("deploy", "--stage", STAGE);
    const known = Object.values(after);
    const kept = Object.values(await tokenSecret(cloud)).filter((key) => known.includes(key));
    same(kept, [], "keys that survived the reset");
  });
}

/** `sst dev` in its own stage, and its removal. */
export async function develop({ steps, sst, cloud, processes }: Stage): Promise<void> {
  await steps.run("sst dev: the API answers here, with the stage's tables", () =>
    rehearseDev(DEV_STAGE, sst, processes, cloud),
  );
  await steps.run("each call of the API is one that its role may make", async () => {
    const calls = await readCalls();
    const { evaluated, refused } = await judge(calls, await readTakers(cloud, calls));
    same(refused, [], "calls that are not allowed");
    same(evaluated > 0, true, "whether any call was seen");
    steps.note(`${evaluated} calls of the API's role evaluated, none refused`);
  });
  await steps.run("sst remove: the dev stage", () => sst.run("remove", "--stage", DEV_STAGE));
}

/** `sst remove` leaves nothing behind. */
export async function remove({ steps, sst, cloud }: Stage): Promise<void> {
  await steps.run("sst remove: the whole app", () => sst.run("remove", "--stage", STAGE));
  await steps.run("the account is empty", async () =>
    same(await leftovers(cloud), [], "left behind"),
  );
}

/** Production: its data and balancer are protected, and SST refuses to remove it. */
export async function protect({ steps, sst, cloud, emulator }: Stage): Promise<void> {
  await emulator.control({ refreshOutcome: "Successful", vcpus: NEW_ACCOUNT });
  await steps.run("sst deploy: production", () => sst.run("deploy", "--stage", PRODUCTION));
  await steps.run("production has it all, wired and protected", async () => {
    await checkProtection(cloud, await checkDeployment(cloud, PRODUCTION));
  });
  await steps.run("sst remove: production is refused", () =>
    sst.fails(/protected/i, "remove", "--stage", PRODUCTION),
  );
}

/** The keys that new instances will read. */
async function tokenSecret(cloud: Cloud): Promise<Links["tokenSecret"]> {
  const { plan } = await findDeployment(cloud);
  return (await readLinks(cloud, plan)).tokenSecret;
}

/** Changes the copy's code and processor. @returns what undoes it */
async function tryOut(version: string): Promise<() => Promise<void>> {
  const files = ["packages/api/src/server.ts", "infra/stages.ts"].map((file) =>
    join(paths.app, file),
  );
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  await edit(version);
  const [, stages = ""] = texts;
  const other = stages.replace('process.arch === "arm64"', 'process.arch !== "arm64"');
  same(other !== stages, true, "a choice by processor in infra/stages.ts");
  await writeFile(files[1] as string, other);
  return async () => {
    for (const [index, file] of files.entries()) await writeFile(file, texts[index] as string);
  };
}

/** Changes the copy's application, as a commit does. */
export function edit(version: string): Promise<void> {
  const file = join(paths.app, "packages/api/src/server.ts");
  return appendFile(file, `\nprocess.title = "rehearsal-${version}";\n`);
}

/** Checks for another application and template version, and the same runtime and balancer. */
function compare(before: Deployment, after: Deployment, what: string) {
  const [old, fresh] = [before.plan, after.plan];
  same(fresh.app.sha256 !== old.app.sha256, true, `${what} has another application`);
  same(fresh.runtime, old.runtime, `${what}'s runtime`);
  same(
    Number(after.version) > Number(before.version),
    true,
    `${what} has a later template version`,
  );
  same(after.balancer.LoadBalancerArn, before.balancer.LoadBalancerArn, "the balancer");
}
