/** The dashboard that CloudWatch gets. */
import { beforeAll, describe, expect, test } from "vitest";
import type { SeriesOptions, Widget } from "../../infra/monitoring/dashboard-chart.ts";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

let resources: Resources;
let widgets: Widget[];
beforeAll(async () => {
  stages.shown = { ...stages.prod, instances: ["t4g.small"] };
  resources = new Resources((await runProgram({ stage: "shown" })).resources);
  delete stages.shown;
  const { inputs } = resources.one("aws:cloudwatch/dashboard:Dashboard");
  widgets = JSON.parse(inputs.dashboardBody).widgets;
});

test("shows the state of every alarm but the one that only adds instances", () => {
  const made = resources.all.filter(
    ({ type, name }) =>
      /^aws:cloudwatch\/(metric|composite)Alarm:/.test(type) && !name.endsWith("Surge"),
  );
  const [shown] = widgets.filter(({ type }) => type === "alarm");
  expect(made.length).toBeGreaterThan(10);
  expect(shown?.properties.alarms).toHaveLength(made.length);
});

describe("every widget", () => {
  test("has a place of its own in the 24 columns", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });

  test("shows things that the program made", () => {
    const text = JSON.stringify(widgets);
    const group = resources.one("aws:autoscaling/group:Group").inputs.name;
    const tables = resources
      .of("aws:dynamodb/table:Table")
      .map((each) => each.inputs.name ?? each.name);
    const logs = resources.one("aws:cloudwatch/logGroup:LogGroup", "ApiLogs").inputs.name;
    expect(tables).toHaveLength(4);
    for (const name of [group, logs]) expect(text).toContain(`"${name}"`);
    for (const table of tables) expect(text).toContain(table);
  });

  test("speaks of known IDs in its formulas, and each ID once", () => {
    for (const { properties } of widgets) {
      const options = (properties.metrics ?? []).map((series) => series.at(-1) as SeriesOptions);
      const ids = options.flatMap(({ id }) => id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { expression = "" } of options) {
        if (expression.startsWith("SELECT")) continue;
        for (const [, id] of expression.matchAll(/FILL\((\w+), 0\)/g)) expect(ids).toContain(id);
      }
    }
  });

  test("is within what CloudWatch takes", () => {
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    expect(metrics.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify({ widgets }).length).toBeLessThan(20_000);
  });
});

test("the costs are an instance's hours, and units by their price", () => {
  const formulas = Object.fromEntries(
    widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .map((series) => series.at(-1) as SeriesOptions)
      .filter(({ expression }) => expression && !expression.startsWith("SELECT"))
      .map(({ id, expression }) => [id, expression]),
  );
  expect(formulas).toEqual({
    // 730 hours at $0.0168.
    instances: "FILL(instances1, 0) * 12.264",
    balancer: "16.425 + FILL(balancer1, 0) * 5.84",
    reads:
      "(FILL(reads1, 0) + FILL(reads2, 0) + FILL(reads3, 0) + FILL(reads4, 0)) / 1000000 * 91.25",
    writes:
      "(FILL(writes1, 0) + FILL(writes2, 0) + FILL(writes3, 0) + FILL(writes4, 0)) / 1000000 * 456.25",
    logs: "FILL(logs1, 0) / 1000000000 * 365",
  });
});
