import type { Threshold } from "k6/options";
import { slack as slackOfMachine } from "./settings.ts";

/** Time limits in milliseconds: 95 and 99 of 100 answers must be faster. */
export type Limits = readonly [p95: number, p99: number];

/** Limits on a 2-core machine that also runs k6. Routes that hash a password are slow on purpose. */
export const everydayLimits: Record<string, Limits> = {
  "GET /docs": [300, 800],
  "GET /users/{id}": [300, 800],
  "GET /users/{id}/posts": [300, 800],
  "GET /posts/{id}": [300, 800],
  "POST /posts/": [400, 1000],
  "PUT /posts/{id}": [400, 1000],
  "DELETE /posts/{id}": [400, 1000],
  "POST /users/": [1000, 2000],
  "POST /sessions": [1000, 2000],
};

export interface Promises {
  /** Name of the scenario: requests of setup and teardown do not count. */
  scenario: string;
  limits: Record<string, Limits>;
  /** Share of requests that may fail. @default 0.01 */
  failed?: number;
  /** Factor by which limits may be exceeded. @default 1 */
  slack?: number;
  /** End the run at the first broken threshold. @default false */
  abort?: boolean;
}

/** A scenario's thresholds: failed requests, checks, and p95 and p99 of each route. */
export function thresholds({ scenario, limits, failed = 0.01, slack = 1, abort }: Promises) {
  const of = (...conditions: string[]): Threshold[] =>
    conditions.map((threshold) =>
      abort ? { threshold, abortOnFail: true, delayAbortEval: "10s" } : threshold,
    );
  return {
    [`http_req_failed{scenario:${scenario}}`]: of(failed === 0 ? "rate==0" : `rate<${failed}`),
    [`checks{scenario:${scenario}}`]: of(failed === 0 ? "rate==1" : `rate>${1 - failed}`),
    ...limitsOf(limits, slack, of),
  };
}

/** Thresholds for each route's times. */
export function limitsOf(
  limits: Record<string, Limits>,
  slack = 1,
  of = (...conditions: string[]): Threshold[] => conditions,
): Record<string, Threshold[]> {
  const times = slack * slackOfMachine();
  return Object.fromEntries(
    Object.entries(limits).map(([route, [p95, p99]]) => [
      `http_req_duration{name:${route}}`,
      of(`p(95)<${p95 * times}`, `p(99)<${p99 * times}`),
    ]),
  );
}

/** Thresholds for all tagged requests together: few failures, quick answers. */
export function overallThresholds(tag: string, failed: number) {
  const times = slackOfMachine();
  return {
    [`http_req_failed{${tag}}`]: [`rate<${failed}`],
    [`http_req_duration{${tag}}`]: [`p(95)<${500 * times}`, `p(99)<${1500 * times}`],
  };
}
