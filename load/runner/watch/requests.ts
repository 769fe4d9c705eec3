import { setTimeout as sleep } from "node:timers/promises";

/** k6's numbers for a run that is in its setup, and for one under load. */
const SETUP = 6;
const RUNNING = 7;
/** Milliseconds between two questions whether that is over. */
const POLL_INTERVAL = 100;

/** What k6's own REST API says of the run. */
export interface Progress {
  /** Requests since the start. */
  requests: number;
  /** Users at work; 0 in setup and teardown. */
  users: number;
  /** Whether the load has begun and not ended. */
  running: boolean;
}

/** Asks k6 how far it is. @returns nothing while it does not answer, at the start and at the end */
export async function readProgress(address: string): Promise<Progress | undefined> {
  try {
    const [status, requests] = await Promise.all([
      statusOf(address),
      // Not there before the first request.
      attributes(`http://${address}/v1/metrics/http_reqs`).catch(() => undefined),
    ]);
    const { sample } = (requests ?? {}) as { sample?: { count?: number } };
    return {
      requests: sample?.count ?? 0,
      users: Number(status.vus),
      running: status.status === RUNNING,
    };
  } catch {
    return undefined;
  }
}

/** Waits while k6 is in setup. */
export async function setupDone(address: string): Promise<void> {
  while ((await statusOf(address).catch(() => undefined))?.status === SETUP) {
    await sleep(POLL_INTERVAL);
  }
}

function statusOf(address: string): Promise<Record<string, unknown>> {
  return attributes(`http://${address}/v1/status`);
}

async function attributes(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const { data } = (await response.json()) as { data: { attributes: Record<string, unknown> } };
  return data.attributes;
}
