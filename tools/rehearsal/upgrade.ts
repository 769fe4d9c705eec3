/**
 * `npm run rehearse:upgrade`: deploys an older commit to the AWS emulator and this tree over it, as
 * somebody does who has a stage already. Nothing may be replaced.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyCheckout } from "../common/checkout.ts";
import { parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { root } from "../common/root.ts";
import { KEY } from "./checks/quotes.ts";
import { updateAccess } from "./deploy/access.ts";
import { command, type Run } from "./deploy/command.ts";
import { findEngine } from "./deploy/engine.ts";
import { STAGE } from "./deploy/life.ts";
import { takeLock } from "./deploy/lock.ts";
import { paths } from "./deploy/paths.ts";
import { prepare } from "./deploy/prepare.ts";
import type { Change } from "./deploy/sst.ts";

/** What a deploy may delete: archives of the version before, and what configured the agent by State Manager. */
const PASSING = [
  /aws:s3:BucketObjectv2$/,
  /^\w+Agent aws:ssm:Association$/,
  /^\w+AgentConfig(Place)? /,
];

const USAGE = `npm run rehearse:upgrade -- [options]

Deploys an older version to the emulator, then this one: nothing may be replaced.

  --from COMMIT  the version that is there before (default 8d79bd4, the last without sst-ec2)
  -h, --help     this text

examples
  npm run rehearse:upgrade
  npm run rehearse:upgrade -- --from HEAD~20`;

await command("rehearse:upgrade", USAGE, begin);

async function begin(args: string[], run: Run): Promise<void> {
  const { from } = parseCommandLine({
    args,
    options: { from: { type: "string", default: "8d79bd4" } },
  }).values;
  const found = spawnSync("git", ["rev-parse", "--verify", "--quiet", `${from}^{commit}`], {
    cwd: root,
  });
  if (found.status !== 0)
    throw new WrongArgument(`--from is "${from}"; it must be a commit of this repository`);
  await takeLock();
  await rehearse(from, run);
}

async function rehearse(from: string, { processes, steps }: Run): Promise<void> {
  const engine = await findEngine();
  console.info(`Upgrade from ${from} with ${engine.description}.`);
  const { sst, emulator } = await prepare({ engine, processes, steps });
  await steps.run(`the files of ${from}`, () => copyCheckout(paths.app, from));
  await steps.run("its access stack", () => updateAccess(emulator.endpoint, accessOfApp()));
  // #region quotes
  await steps.run("sst secret set", () =>
    sst.run("secret", "set", "CmcApiKey", KEY, "--stage", STAGE),
  );
  // #endregion quotes
  await steps.run(`sst deploy of ${from}`, () => sst.run("deploy", "--stage", STAGE));
  await steps.run("the files of this tree", () => copyCheckout(paths.app));
  await steps.run("its access stack", () => updateAccess(emulator.endpoint, accessOfApp()));
  const { changes } = await steps.run("sst deploy of this tree", () =>
    sst.run("deploy", "--stage", STAGE),
  );
  for (const { action, resource } of changes) console.info(`  ${action} ${resource}`);
  assert.deepEqual(changes.filter(isLoss), [], "what was replaced or deleted");
  const again = await steps.run("sst deploy again: nothing changes", () =>
    sst.run("deploy", "--stage", STAGE),
  );
  assert.deepEqual(again.changes, [], "changes of a second deploy");
  await steps.run("sst remove", () => sst.run("remove", "--stage", STAGE));
}

/** Whether something else was deleted, or anything replaced. */
function isLoss({ action, resource }: Change): boolean {
  if (action === "Created" || action === "Updated") return false;
  return action !== "Deleted" || !PASSING.some((each) => each.test(resource));
}

/** The access stack's template, printed by the version in the copy. */
function accessOfApp(): string {
  const args = ["run", "--silent", "policy", "--", "template"];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: paths.app, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm run policy -- template: ${stderr.trim()}`);
  return stdout;
}
