import { expect, test } from "vitest";
import { findingOf } from "../runner/findings.ts";
import type { Summary } from "../runner/summary.ts";

const summaryOf = (metrics: object) => ({ metrics }) as Summary;

/** k6's measurements at a rate: p95, and whether it broke the promise. */
const step = (rate: number, p95: number, count = 100) => ({
  [`http_req_duration{step:${rate}}`]: {
    count,
    "p(95)": p95,
    thresholds: { "p(95)<500": p95 >= 500 },
  },
  [`http_req_failed{step:${rate}}`]: { value: 0, thresholds: { "rate<0.02": false } },
});

test("stress says that all steps went well", () => {
  const summary = summaryOf({ ...step(20, 9), ...step(100, 80) });
  expect(findingOf("stress", summary)).toBe("All steps went well, up to 100 visits a second.");
});

test("stress says which step was too much and why, and counts what was left out", () => {
  const summary = summaryOf({
    ...step(80, 700),
    ...step(20, 9),
    ...step(60, 501),
    ...step(40, 8),
    dropped_iterations: { count: 12 },
  });
  expect(findingOf("stress", summary)).toBe(
    "Up to 40 visits a second went well; 60 were too many: all routes p95 501 ms. " +
      "12 visits did not begin in time, because all users still waited.",
  );
});

test("stress says nothing of steps that it did not get to", () => {
  const summary = summaryOf({ ...step(20, 9), ...step(40, 0, 0) });
  expect(findingOf("stress", summary)).toBe("All steps went well, up to 20 visits a second.");
  expect(findingOf("stress", summaryOf(step(20, 0, 0)))).toBeUndefined();
});

test("breakpoint says at which rate it stopped, and why", () => {
  const metrics = {
    rate_reached: { value: 299.6 },
    "http_req_duration{name:POST /sessions}": {
      "p(95)": 1050,
      thresholds: { "p(95)<1000": true, "p(99)<2000": false },
    },
  };
  expect(findingOf("breakpoint", summaryOf(metrics))).toBe(
    "It stopped at 300 visits a second: POST /sessions p95 1.05 s.",
  );
  expect(findingOf("breakpoint", summaryOf({ rate_reached: { value: 42 } }))).toBe(
    "No promise was broken up to 42 visits a second, where the run ended.",
  );
});

test("spike says what was turned away, whether it lived, and how it was after it", () => {
  const metrics = {
    shed: { count: 7815 },
    shed_politely: { value: 1 },
    alive: { value: 0.5 },
    back_to_normal: { value: 0.75, passes: 3, fails: 1 },
  };
  expect(findingOf("spike", summaryOf(metrics))).toBe(
    "7815 requests were turned away, 100 % of them with Retry-After. It was alive 50 % of " +
      "the time. From 10 s after the spike on, 75 % of the requests went as on an ordinary day.",
  );
});

test("other scenarios look for nothing", () => {
  expect(findingOf("classic", summaryOf({}))).toBeUndefined();
});
