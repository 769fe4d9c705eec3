import type { Summary } from "../../runner/summary.ts";

/** A summary as k6 writes it: `false` for a threshold that was not crossed. */
export function summaryOf(p95: number, failed = 0): Summary {
  return {
    metrics: {
      http_reqs: { count: 1200, rate: 20 },
      iterations: { count: 600, rate: 10 },
      "http_req_failed{scenario:classic}": {
        // k6 counts a failed request as a pass of this metric.
        passes: failed * 1000,
        fails: 1000 - failed * 1000,
        value: failed,
        thresholds: { "rate==0": failed > 0 },
      },
      "http_req_duration{name:GET /docs}": {
        count: 300,
        avg: 4,
        med: 3,
        "p(95)": p95,
        "p(99)": 20,
        max: 30,
        thresholds: { "p(95)<300": p95 >= 300, "p(99)<800": false },
      },
    } as unknown as Summary["metrics"],
  };
}
