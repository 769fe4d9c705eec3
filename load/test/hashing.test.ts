import { expect, test } from "vitest";
import { shareOfHashing } from "../runner/hashing.ts";
import type { Summary } from "../runner/summary.ts";

const summaryOf = (med: number): Summary => ({
  metrics: {
    "http_req_duration{name:POST /users/}": { count: 10, avg: med, med, "p(95)": 240 },
    "http_req_duration{name:GET /docs}": { count: 10, avg: 1, med: 1, "p(95)": 2 },
  } as unknown as Summary["metrics"],
});

test("says what part of a registration hashing is, and nothing of routes without it", () => {
  const text = shareOfHashing({ alone: 30 }, { summary: summaryOf(120) });
  expect(text).toContain("One Argon2id hash took 30 ms");
  expect(text).toContain("- POST /users/: 25 % of the median of 120 ms (p95 240 ms).");
  expect(text).not.toContain("/docs");
});

test("says no more than all of it, when the measurement met a busier moment than the run", () => {
  expect(shareOfHashing({ alone: 90 }, { summary: summaryOf(60) })).toContain("100 % of");
});

test("gives no share of answers that came without hashing", () => {
  expect(shareOfHashing({ alone: 30 }, { summary: summaryOf(2) })).toContain(
    "- POST /users/: most were turned away without hashing (p95 240 ms).",
  );
});
