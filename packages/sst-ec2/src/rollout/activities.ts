/** What a group's activities say of a version. Pure. */
import type { Activity } from "@aws-sdk/client-auto-scaling";

/** What is known of a rollout besides what AWS says now. */
export interface Rollouts {
  /** The wanted version. */
  version: string;
  /** Version by instance ID, of each instance that was ever seen. */
  versions: Map<string, string>;
  /** When this rollout began; what happened before is no concern of it. */
  since: Date;
  /** The time of the look. */
  now: Date;
}

/** What activities say. */
export interface Findings {
  /** What went wrong with the wanted version: by instance, or by launch where there was none. */
  problems: Map<string, string>;
  /** What is waited for, without repetition. */
  notes: string[];
  /** AWS's word on the quota that stops launches, and since when it has. */
  quota?: { message: string; seconds: number };
}

/** How long AWS may take to know a new role, profile or account everywhere. */
const EARLY_SECONDS = 300;

/**
 * What AWS says of a launch that fails because something new is not known everywhere yet: the instance
 * profile, its role, the account's service-linked roles, or the account itself, which is being verified.
 */
const NOT_YET_KNOWN =
  /instance.?profile|service-linked role|PendingVerification|being (verified|validated)|OptInRequired|not subscribed/i;

/** What AWS says of a launch for which the account's quota leaves no room. */
const QUOTA =
  /VcpuLimitExceeded|vCPU (capacity|limit)|InstanceLimitExceeded|MaxSpotInstanceCountExceeded|max spot instance count/i;

/** AWS tries again by itself. */
const THROTTLED = /RequestLimitExceeded|request limit exceeded|throttl/i;

/**
 * What activities mean for a rollout: launches that failed, and instances of the wanted version that
 * were taken out because they were sick. Instances of another version leave in a rollout, and sick ones
 * of them are why it is made.
 *
 * @param activities The latest first, as AWS lists them.
 */
export function findingsOf(activities: readonly Activity[], rollout: Rollouts): Findings {
  const problems = new Map<string, string>();
  const notes = new Set<string>();
  let quota: Findings["quota"];
  let launched = false;
  for (const activity of activities) {
    const { StartTime, StatusCode, StatusMessage = "", Description = "" } = activity;
    if (!StartTime || StartTime < rollout.since) continue;
    const launch = /^Launching/.test(Description);
    const failed = launch && StatusCode === "Failed";
    if (launch && !failed) launched = true;
    if (failed && QUOTA.test(StatusMessage)) {
      // Launches have succeeded since: there was room again.
      if (launched) continue;
      const seconds = secondsBetween(StartTime, rollout.now);
      quota = { message: StatusMessage, seconds };
      notes.add(`${Description}: ${StatusMessage}`);
    } else if (failed && isWaitedFor(StatusMessage, secondsBetween(rollout.since, StartTime))) {
      notes.add(`${Description}: ${StatusMessage}`);
    } else {
      const problem = problemOf(activity, rollout);
      if (problem && !problems.has(problem[0])) problems.set(...problem);
    }
  }
  return { problems, notes: [...notes].slice(0, 1), ...(quota && { quota }) };
}

function isWaitedFor(message: string, secondsFromStart: number): boolean {
  return (
    THROTTLED.test(message) || (secondsFromStart < EARLY_SECONDS && NOT_YET_KNOWN.test(message))
  );
}

/** A launch that failed, or an instance that was taken out because it was sick; by what it is told apart. */
function problemOf(
  { ActivityId = "", StatusCode, StatusMessage, Description = "", Cause = "" }: Activity,
  { version, versions }: Rollouts,
): [string, string] | undefined {
  const instance = /i-[0-9a-f]+/.exec(Description)?.[0];
  const seen = instance && versions.get(instance);
  if (/^Launching/.test(Description) && StatusCode === "Failed") {
    if (seen && seen !== version) return undefined;
    return [instance ?? ActivityId, `${Description}: ${StatusMessage}`];
  }
  const sick = /^Terminating/.test(Description) && /health.?check/i.test(Cause);
  if (!sick || !instance || seen !== version) return undefined;
  const cause = Cause.replace(/^At \S+ /, "").replace(/\.$/, "");
  return [instance, `${instance} was taken out: ${cause}`];
}

function secondsBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 1000);
}
