import { setTimeout as sleep } from "node:timers/promises";
import { overloaded } from "./errors.ts";

/**
 * Waits before a retry: full jitter, up to 25, 50, 100 … ms, at most 400.
 * @throws DomainError `throttled` when the signal aborts first
 */
export async function backoff(attempt: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.random() * Math.min(25 * 2 ** (attempt - 1), 400), undefined, { signal });
  } catch (cause) {
    throw overloaded(cause);
  }
}
