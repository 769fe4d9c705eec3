import { expect, test } from "vitest";
import { drawChart } from "../runner/chart.ts";
import { change, compareSummaries } from "../runner/compare.ts";
import { type FinishedRun, titleOf, toMarkdown } from "../runner/markdown.ts";
import { complete } from "../runner/report.ts";
import { routes, verdicts } from "../runner/summary.ts";
import { describe as sentence } from "../runner/watch/watcher.ts";
import { summaryOf } from "./support/summary.ts";

const recording = {
  panels: [{ title: "CPU <all>", unit: "%", series: [{ key: "cpu", label: "CPU" }] }],
  samples: [
    { at: 5, rate: 10, users: 0, values: { cpu: 12 } },
    { at: 10, rate: 30, users: 5, values: {} },
    { at: 15, rate: 20, users: 5, values: { cpu: 48 } },
  ],
};

function runOf(p95: number, code = 0): FinishedRun {
  return {
    scenario: "classic",
    url: "http://127.0.0.1:3000",
    parameters: { duration: "1m" },
    started: new Date("2026-01-31T12:00:00Z"),
    k6: "1.8.1",
    summary: summaryOf(p95),
    recording,
    code,
  };
}

test("gives a verdict and the measured value for each threshold", () => {
  expect(verdicts(summaryOf(450, 0.02))).toEqual([
    {
      metric: "http_req_duration{name:GET /docs}",
      condition: "p(95)<300",
      value: 450,
      tested: true,
      kept: false,
    },
    {
      metric: "http_req_duration{name:GET /docs}",
      condition: "p(99)<800",
      value: 20,
      tested: true,
      kept: true,
    },
    {
      metric: "http_req_failed{scenario:classic}",
      condition: "rate==0",
      value: 0.02,
      tested: true,
      kept: false,
    },
  ]);
});

test("a promise about what never happened is not kept, but a counter may stay at 0", () => {
  const metrics = {
    "http_req_duration{name:GET /docs}": {
      avg: 0,
      count: 0,
      "p(95)": 0,
      thresholds: { "p(95)<300": false },
    },
    checks: { passes: 0, fails: 0, value: 0, thresholds: { "rate==1": false } },
    dropped_iterations: { count: 0, rate: 0, thresholds: { "count<100": false } },
  } as unknown as FinishedRun["summary"]["metrics"];
  const judged = verdicts({ metrics }).map(({ metric, tested, kept }) => [metric, tested, kept]);
  expect(judged).toEqual([
    ["checks", false, false],
    ["dropped_iterations", true, true],
    ["http_req_duration{name:GET /docs}", false, false],
  ]);
  const run = { ...runOf(8), summary: { metrics } };
  expect(titleOf(run)).toBe("classic: 2 promises not tested");
  expect(toMarkdown(run)).toContain("| ? | GET /docs | `p(95)<300` | no sample |");
});

test("finds the routes by their tag", () => {
  expect(routes(summaryOf(8.25))).toEqual([
    { name: "GET /docs", count: 300, avg: 4, med: 3, p95: 8.25, p99: 20, max: 30 },
  ]);
});

test("writes verdicts, routes and the chart into the Markdown summary", () => {
  const text = toMarkdown(runOf(450));
  expect(text).toContain("# classic: 1 promise broken");
  expect(text).toContain("| ✗ | GET /docs | `p(95)<300` | 450 ms |");
  expect(text).toContain("| ✓ | http_req_failed | `rate==0` | 0 % |");
  expect(text).toContain("| GET /docs | 300 | 4.0 ms | 3.0 ms | 450 ms | 20 ms | 30 ms |");
  expect(text).toContain("![Requests and what was watched](watch.svg)");
});

test.each([
  [0, "classic: all promises kept"],
  [105, "classic: stopped before its end"],
  [107, "classic: ended with an error (k6's exit code 107)"],
])("says what k6's exit code %i means", (code, title) => {
  expect(titleOf(runOf(8, code))).toBe(title);
});

/** The points of each line of a chart. */
function linesOf(svg: string): { x: number; y: number }[][] {
  return [...svg.matchAll(/aria-label="line"><path d="M([^"]+)"/g)].map(([, path]) =>
    (path ?? "").split("L").map((point) => {
      const [x, y] = point.split(",").map(Number);
      return { x: x as number, y: y as number };
    }),
  );
}

test("draws what was watched below the request rate, and leaves out what was not seen", () => {
  const svg = drawChart(recording);
  expect(svg).toContain("Requests, /s");
  expect(svg).toContain("CPU &lt;all&gt;, %");
  // Three rates; of the CPU the first look and the last.
  expect(linesOf(svg).map((line) => line.length)).toEqual([3, 2]);
  // A higher rate is higher up, and later is further to the right.
  const [[first, highest, last] = []] = linesOf(svg);
  expect(highest?.y).toBeLessThan(last?.y ?? 0);
  expect(last?.y).toBeLessThan(first?.y ?? 0);
  expect(first?.x).toBeLessThan(highest?.x ?? 0);
  // Only the look at which nobody was at work is shaded.
  expect(svg.match(/fill="#f0f0f0" aria-label="rect"><rect [^>]+\/><\/g>/g)).toHaveLength(2);
});

test("puts verdicts and chart in front of k6's own report", () => {
  const addition = {
    ...{ title: "a <b>", finding: "It held.", summary: summaryOf(8), chart: "<svg/>" },
    facts: ["Target: http://127.0.0.1:3000"],
  };
  const html = complete('<html><body class="x"><div>k6</div></body>', addition);
  expect(html.indexOf("a &lt;b>")).toBeGreaterThan(html.indexOf('<body class="x">'));
  expect(html.indexOf("<svg/>")).toBeLessThan(html.indexOf("<div>k6</div>"));
  expect(html).toContain("<p>It held.</p>\n<ul><li>Target: http://127.0.0.1:3000</li></ul>");
  expect(html).toContain("<th>Promise (ms, or a share)</th><th>Measured</th></tr>");
  expect(html).toContain("<td>p(95)&lt;300</td><td>8.0 ms</td>");
  expect(() => complete("nothing", addition)).toThrow("no body");
});

test("compares two summaries number by number", () => {
  const text = compareSummaries(summaryOf(100), summaryOf(150, 0.5));
  expect(text).toMatch(/requests +1000 +1000 +0 %/);
  expect(text).toMatch(/failed +0 % +50 % +new/);
  expect(text).toMatch(/GET \/docs p95 +100 ms +150 ms +\+50\.0 %/);
});

test.each([
  [100, 75, "-25.0 %"],
  [undefined, 75, "–"],
  [0, 0, "0 %"],
])("the change from %s to %s is %s", (before, after, text) => {
  expect(change(before, after)).toBe(text);
});

test("says what it sees in a line, and what it could not see", () => {
  const panels = [
    { title: "", unit: "", series: [{ key: "desired", label: "desired" }] },
    { title: "", unit: "%", series: [{ key: "cpu", label: "CPU" }] },
  ];
  expect(sentence(panels, { desired: 2, cpu: 41.3 })).toBe("desired 2, CPU 41 %");
  expect(sentence(panels, { desired: 2 })).toBe("desired 2, CPU –");
});
