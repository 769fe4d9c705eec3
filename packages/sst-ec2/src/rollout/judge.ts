/** What a look at a rollout means. Pure, so that every story can be told as a test. */
import type { InstanceRefresh } from "@aws-sdk/client-auto-scaling";

/** One look at the group. */
export interface RolloutState {
  /** The instance refresh of this rollout, if it needed one. */
  refresh?: InstanceRefresh | undefined;
  /** How many instances are to be of the wanted version. */
  desired: number;
  /** How many instances of the wanted version serve. */
  healthy: number;
  /** What went wrong with the wanted version, an entry an instance, the latest first. */
  problems: string[];
  /** What is no fault of the version, and is waited for or left alone: said, not counted. */
  notes?: string[];
  /** For how long every instance of the wanted version has been unhealthy; 0 when one is not. */
  stuckSeconds?: number;
  /** Why AWS starts no instance: the account's quota, for longer than a neighbour's rollout takes. */
  quota?: string | undefined;
}

/** What a look means: go on waiting, done, or failed and perhaps to be rolled back. */
export type Verdict =
  | { outcome: "done" | "wait"; progress: string }
  | { outcome: "failed"; reason: string; rollBack: boolean };

/** One instance may have bad luck; three did not. */
const FAILED_INSTANCES = 3;

/**
 * How long all instances may be unhealthy. AWS starts a successor before it takes a sick instance out:
 * where there is no room for one, nothing is ever taken out.
 */
const STUCK_SECONDS = 180;

/**
 * What a look at the group means.
 *
 * @example
 * ```ts
 * judge({ desired: 2, healthy: 1, problems: [] }); // { outcome: "wait", progress: "1 of 2 instances serve" }
 * ```
 */
export function judge(state: RolloutState): Verdict {
  const { refresh, desired, healthy, problems } = state;
  const status = refresh?.Status ?? "none";
  if (["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"].includes(status)) {
    const why = refresh?.StatusReason?.replace(/\.$/, "") ?? "AWS gave no reason";
    const reason = [
      `instance refresh ${refresh?.InstanceRefreshId}: ${status}: ${why}`,
      ...problems.slice(0, 1),
    ];
    return { outcome: "failed", reason: reason.join("; "), rollBack: false };
  }
  const fault = isTurningBack(refresh) ? undefined : faultOf(state);
  if (fault) return { outcome: "failed", reason: fault, rollBack: true };
  const remarks = [...problems.slice(0, 1), ...(state.notes ?? [])].join("; ");
  const served = `${healthy} of ${desired} instances serve${remarks && ` (${remarks})`}`;
  if (status !== "none" && status !== "Successful") {
    return {
      outcome: "wait",
      progress: `instance refresh ${status}, ${refresh?.PercentageComplete ?? 0} %; ${served}`,
    };
  }
  return { outcome: healthy >= desired ? "done" : "wait", progress: served };
}

/** Whether AWS ends the refresh by itself, which is waited for. */
export function isTurningBack(refresh: InstanceRefresh | undefined): boolean {
  return /^(Cancelling|Rollback)/.test(refresh?.Status ?? "");
}

/** Why waiting longer does not help, if so. */
function faultOf({ problems, stuckSeconds = 0, quota }: RolloutState): string | undefined {
  if (problems.length >= FAILED_INSTANCES)
    return `${problems.length} instances failed, the last: ${problems[0]}`;
  if (problems.length > 0 && stuckSeconds >= STUCK_SECONDS)
    return `no instance of it has been healthy for ${stuckSeconds} s: ${problems.join("; ")}`;
  return quota;
}
