import { expect, test } from "vitest";
import { countOf, gateFor, inParallel } from "../lib/parallel.ts";

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

test("counts from a guess with the fewer questions, the better it is", async () => {
  for (let count = 0; count <= 100; count++) {
    for (let guess = 0; guess <= 120; guess++) {
      const asked: number[] = [];
      const found = await countOf(async (number) => {
        asked.push(number);
        return number < count;
      }, guess);
      expect(found).toBe(count);
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThanOrEqual(2 * Math.log2(Math.abs(count - guess) + 1) + 3);
    }
  }
});

test("a gate lets so many through at once, and the others when their turn comes", async () => {
  const gate = gateFor(2);
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const task = (number: number) =>
    gate(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      done.push(number);
      if (number === 1) throw new Error("one that fails");
    });
  const outcomes = await Promise.allSettled([0, 1, 2, 3, 4].map(task));
  expect(
    outcomes.map(({ status }) => status).filter((status) => status === "rejected"),
  ).toHaveLength(1);
  expect(done.sort()).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
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
