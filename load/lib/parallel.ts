/** Runs a task for each item, at most `limit` at once. @returns the results in order */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/**
 * A gate that runs at most `limit` tasks at once, first come, first served.
 *
 * @example
 * ```ts
 * const gate = gateFor(2);
 * await gate(() => hash(password));
 * ```
 */
export function gateFor(limit: number) {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/**
 * Counts things that are numbered from 0 without a gap by probing some of them: about twice the
 * logarithm of the guess's error.
 */
export async function countOf(
  exists: (number: number) => Promise<boolean>,
  guess = 0,
): Promise<number> {
  let present = -1;
  let absent = Number.POSITIVE_INFINITY;
  for (let number = guess, step = 1; absent - present > 1; step *= 2) {
    if (await exists(number)) present = number;
    else absent = number;
    // Away from the guess in doubling steps until the end is enclosed; then by bisection.
    if (absent === Number.POSITIVE_INFINITY) number = present + step;
    else if (present === -1) number = Math.max(0, absent - step);
    else number = Math.floor((present + absent) / 2);
  }
  return absent;
}

/** The numbers from 0 to length - 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
