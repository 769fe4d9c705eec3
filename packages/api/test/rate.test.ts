import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Rate } from "../src/limits/rate.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("a rate", () => {
  it("allows its amount at once, then one more after each part of its time", () => {
    const rate = new Rate(10, 900);
    for (let i = 0; i < 10; i++) expect(rate.take("ada")).toBe(0);
    expect(rate.take("ada")).toBe(90);
    expect(rate.take("bob")).toBe(0);
    vi.advanceTimersByTime(89_000);
    expect(rate.take("ada")).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(rate.take("ada")).toBe(0);
    expect(rate.take("ada")).toBe(90);
  });

  it("never lets more through than its amount and what came back meanwhile", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (amount, waits) => {
        const rate = new Rate(amount, 60);
        let [taken, elapsed] = [0, 0];
        for (const wait of waits) {
          vi.advanceTimersByTime(wait);
          elapsed += wait;
          const refused = rate.take("ada");
          if (refused === 0) taken++;
          else expect(refused * 1000).toBeLessThanOrEqual(60_000 / amount + 1000);
          expect(taken).toBeLessThanOrEqual(
            amount + Math.floor((elapsed * amount) / 60_000 + 1e-6),
          );
        }
      }),
    );
  });

  it("gives back what was taken, and forgets keys that mean nothing any more", () => {
    const rate = new Rate(2, 60);
    rate.take("ada");
    rate.giveBack("ada");
    expect(rate.size).toBe(0);
    for (let i = 0; i < 1000; i++) rate.take(`key ${i}`);
    vi.advanceTimersByTime(60_000);
    rate.take("one more");
    expect(rate.size).toBe(1);
  });
});
