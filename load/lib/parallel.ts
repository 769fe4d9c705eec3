/** Runs a task for each item, at most `limit` at once. @returns the results in the items' order */
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
 * How many there are of things that are numbered from 0 without a gap, asked about some of them:
 * about twice the logarithm of the answer.
 */
export async function countOf(exists: (number: number) => Promise<boolean>): Promise<number> {
  let present = -1;
  let absent = 0;
  while (await exists(absent)) {
    present = absent;
    absent = 2 * absent + 1;
  }
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2);
    if (await exists(middle)) present = middle;
    else absent = middle;
  }
  return absent;
}
