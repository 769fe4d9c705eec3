import { setTimeout as sleep } from "node:timers/promises";
import type { Steps } from "../../common/steps.ts";
import { until as waitUntil } from "../../common/until.ts";
import type { Gate } from "../deploy/rights/gate.ts";
import type { Balancer } from "./balancer.ts";
import type { Database } from "./database.ts";
import { Load, type LoadOptions, type LoadResult } from "./load/load.ts";
import type { Machine } from "./machine.ts";
import type { QuotesBackend } from "./quotes.ts";
import type { Report } from "./report.ts";
import type { DeployedStage } from "./stage.ts";

/** What the checks work with. */
export interface World {
  steps: Steps;
  report: Report;
  stage: DeployedStage;
  database: Database;
  balancer: Balancer;
  /** Judges each machine's calls by its role's policies. */
  gate: Gate;
  /** Seconds of the outage of DynamoDB. */
  outageSeconds: number;
  /** Aborts when the rehearsal is interrupted. */
  interrupted: AbortSignal;
  /** Powers a machine on as a member of the group. */
  launch(name: string, userData: string, zone: string): Promise<Machine>;
  // #region quotes
  quotes: {
    /** What the collector's machine meets. */
    backend: QuotesBackend;
    /** Powers a machine on as a member of the collector's group. */
    launch(name: string): Promise<Machine>;
  };
  // #endregion quotes
}

/** Waits, unless the rehearsal is interrupted. */
export async function pause({ interrupted }: World, seconds: number): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal: interrupted });
}

/** Asks until there is an answer, unless the rehearsal is interrupted. @throws with `what` after `seconds` */
export function until<Answer>(
  { interrupted: signal }: World,
  seconds: number,
  what: string,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  return waitUntil({ what, seconds, signal }, ask);
}

/** Runs an action under a steady load, and returns both results. */
export async function underLoad<Result>(
  world: World,
  options: Pick<LoadOptions, "rate"> & Partial<LoadOptions>,
  action: () => Promise<Result>,
): Promise<{ result: Result; load: LoadResult }> {
  const load = await Load.start({ urls: [world.balancer.url], ...options });
  try {
    const result = await action();
    return { result, load: await load.stop((authors) => world.database.posts(authors)) };
  } finally {
    load.abort();
  }
}
