/** How much higher than a rate that holds one that does not must be for the search to end. */
const PRECISION = 1.1;

/**
 * Looks for the highest rate that holds, to within a tenth: doubles or halves the first until it has one
 * that holds and one that does not, then tries between them.
 *
 * @param holds Tries a rate; more than the highest one must not hold.
 * @returns a rate that held, or 0 where not even one a second does
 */
export async function highest(
  first: number,
  holds: (rate: number) => Promise<boolean>,
): Promise<number> {
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let rate = Math.max(1, Math.round(first));
  while (rate > low && rate < high) {
    if (await holds(rate)) low = rate;
    else high = rate;
    if (low > 0 && high / low <= PRECISION) break;
    if (high === Number.POSITIVE_INFINITY) rate = low * 2;
    else if (low === 0) rate = Math.floor(high / 2);
    else rate = Math.round((low + high) / 2);
  }
  return low;
}
