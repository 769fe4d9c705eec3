/**
 * A rollout: an instance refresh that is asked for and watched until the wanted version serves.
 *
 * The refresh is started here and not by the group's own `instanceRefresh`, for two reasons. The AWS
 * provider gives the group the new version first and refreshes then, so that a rollback, which goes
 * back to what the group had when the refresh began, would end at the broken version again
 * (hashicorp/terraform-provider-aws issue 34189). And the provider calls a refresh done when it begins.
 */
import { isTurningBack, judge } from "./judge.ts";
import { findGroup, type Look, launchedVersion, look, type Memory } from "./look.ts";
import { askForMore, findRoom, launchedKinds } from "./quota.ts";
import { type RefreshRequest, rollBack, startRefresh } from "./refresh.ts";

/** Plain values, as the other process gets them. */
export interface RolloutInputs extends RefreshRequest {
  /** Seconds after which the rollout has failed. */
  timeoutSeconds: number;
  /** Whether to watch it at all; it is started in any case. */
  wait?: boolean;
}

export interface RollOutOptions {
  /** Whether the group is to launch something else than before, even if the template's version is the same. */
  changed?: boolean;
  /** Time between two looks. */
  pollMilliseconds?: number;
}

/**
 * Starts an instance refresh where one is needed, and polls until the wanted version serves.
 *
 * @throws When it was rolled back, cancelled, failed or took too long, with the reason and where to look.
 */
export async function rollOut(
  inputs: RolloutInputs,
  { changed = false, pollMilliseconds = 5000 }: RollOutOptions = {},
): Promise<void> {
  const { AutoScalingClient } = await import("@aws-sdk/client-auto-scaling");
  // A rollout asks for many minutes, and AWS throttles whole accounts: one refusal must not end it.
  const client = new AutoScalingClient({ region: inputs.region, maxAttempts: 10 });
  const memory: Memory = { began: new Date(), versions: new Map(), sick: new Map() };
  const launched = launchedVersion(await findGroup(client, inputs.group));
  if (changed || launched !== inputs.version)
    memory.refresh = await startRefresh(client, inputs, { pollMilliseconds });
  if (inputs.wait === false) return;
  for (let said = "", slower = false; ; ) {
    const state = await look(client, inputs, memory);
    const seconds = Math.round((Date.now() - memory.began.getTime()) / 1000);
    const verdict = judge(state);
    if (verdict.outcome === "failed") {
      const end = verdict.rollBack ? await rollBack(client, inputs.group) : "";
      const help = state.quota ? await quotaHelp(inputs, state) : "";
      throw new Error(explain(inputs, verdict.reason + end) + help);
    }
    if (verdict.progress !== said)
      console.info(`${inputs.group}: ${verdict.progress} after ${seconds} s`);
    said = verdict.progress;
    if (verdict.outcome === "done") return;
    if (seconds >= inputs.timeoutSeconds) {
      const end = isTurningBack(state.refresh) ? "" : await rollBack(client, inputs.group);
      throw new Error(explain(inputs, `not done within ${inputs.timeoutSeconds} s: ${said}${end}`));
    }
    if (!slower && hasNoRoom(state)) {
      slower = true;
      memory.refresh = await startRefresh(client, inputs, {
        ...{ pollMilliseconds, fits: 0, follow: false },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

/** Whether the account's quota, which nobody could ask for or others have used up, lets nothing start. */
function hasNoRoom({ refresh, group, quotaSeconds = 0 }: Look): boolean {
  const more = (group.Instances?.length ?? 0) - (group.DesiredCapacity ?? 0);
  return refresh?.Status === "InProgress" && quotaSeconds >= 60 && more <= 0;
}

/** What to ask AWS for. */
async function quotaHelp(inputs: RolloutInputs, { group, desired, healthy }: Look) {
  const room = await findRoom(inputs.region, launchedKinds(group, inputs.instanceTypes));
  if (!room) return "";
  const missing = Math.max(1, desired - healthy);
  return `\nHow to ask AWS for more: ${askForMore(room, inputs.region, missing)}`;
}

function explain({ group, region, version }: RolloutInputs, reason: string): string {
  const instance = /i-[0-9a-f]+/.exec(reason)?.[0];
  const console = `aws ec2 get-console-output --latest --output text --region ${region} --instance-id ${instance}`;
  return [
    `Version ${version} of "${group}" does not serve: ${reason}.`,
    ...(instance ? [`What the instance said: ${console}`] : []),
    `What the group did:     aws autoscaling describe-scaling-activities --region ${region} --auto-scaling-group-name ${group}`,
  ].join("\n");
}
