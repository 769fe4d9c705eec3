import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  /** What is waited for, for the error. */
  what: string;
  seconds: number;
  /** Seconds between two questions. @default 0.2 */
  every?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * Asks until the answer is neither `undefined` nor `false`.
 *
 * @throws `what: not within N s`, and whatever `ask` throws
 */
export async function until<Answer>(
  { what, seconds, every = 0.2, signal }: Patience,
  ask: () => Promise<Answer | undefined | false>,
): Promise<Answer> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(every * 1000, undefined, { signal });
  }
}
