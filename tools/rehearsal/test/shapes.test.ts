/** The table of shapes: that it has what `infra/stages.ts` can express. */
import { afterEach, describe, expect, test } from "vitest";
import { type Stage, stageOf, stages } from "../../../infra/stages.ts";
import { LIVES, SHAPES, type Shape } from "../deploy/shape-list.ts";

const shapes: [string, Shape][] = Object.entries(SHAPES);
afterEach(() => {
  delete stages.shape;
});

test.each(shapes)("%s is a stage", (_name, { choices }) => {
  stages.shape = choices;
  expect(() => stageOf("shape")).not.toThrow();
});

describe("some shape has", () => {
  const options = Object.keys(stageOf("prod")).filter((option) => option !== "architecture");
  test.each([...options, "spot", "domain", "pipeline", "telemetry", "monthlyBudget"])(
    "%s of its own",
    (option) => {
      const usual = stageOf("somebody")[option as keyof Stage];
      const chosen = shapes.map(([, { choices }]) => choices[option as keyof Stage] ?? usual);
      expect(new Set(chosen.map((value) => JSON.stringify(value))).size).toBeGreaterThan(1);
    },
  );

  test.each(["none", "ec2", "managed", "endpoints"])("nat %s", (nat) => {
    expect(shapes.map(([, { choices }]) => choices.nat ?? "none")).toContain(nat);
  });
});

test.each(Object.entries(LIVES))("the life of %s stays in one region", (_name, names) => {
  expect(new Set(names.map((name) => (SHAPES[name] as Shape).region)).size).toBe(1);
});
