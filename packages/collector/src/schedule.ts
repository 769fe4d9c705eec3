import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `run` at every multiple of an interval, one call at a time, until the signal aborts. Ticks
 * that pass during a call are skipped: the schedule neither drifts nor catches up.
 *
 * @param interval in milliseconds
 * @param run receives the time of the next call, on the clock of `performance.now()`
 */
export async function every(
  interval: number,
  signal: AbortSignal,
  run: (next: number) => Promise<void>,
): Promise<void> {
  const start = performance.now();
  let tick = 0;
  while (!signal.aborted) {
    await run(start + (tick + 1) * interval);
    const passed = (performance.now() - start) / interval;
    tick = Math.max(tick + 1, Math.ceil(passed));
    await pause(start + tick * interval - performance.now(), signal);
  }
}

/** Waits, or until the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(milliseconds, 0), undefined, { signal }).catch(() => {});
}
