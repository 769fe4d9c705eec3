import { expect, test } from "vitest";
import { countOf, inParallel } from "../../load/lib/parallel.ts";

test("counts without asking about each one", async () => {
  for (let count = 0; count <= 200; count++) {
    const asked: number[] = [];
    const found = await countOf(async (number) => {
      asked.push(number);
      return number < count;
    });
    expect(found).toBe(count);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBeLessThanOrEqual(2 * Math.log2(count + 1) + 2);
  }
});

test("runs tasks at once up to the limit, and keeps their order", async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([30, 10, 20, 5, 1], 2, async (wait) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, wait));
    running -= 1;
    return wait * 2;
  });
  expect(results).toEqual([60, 20, 40, 10, 2]);
  expect(most).toBe(2);
});
