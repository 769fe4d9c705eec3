/** The tables' maximum cost. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

const TABLE = "aws:dynamodb/table:Table";

let inputs: Resources["all"][number]["inputs"][];

beforeAll(async () => {
  stages.small = { tableCeiling: { reads: 500, writes: 100 } };
  // In sequence: a program needs the process for itself.
  const deployed = [await runProgram({ stage: "ada" }), await runProgram({ stage: "small" })];
  inputs = deployed.flatMap(({ resources }) =>
    new Resources(resources).of(TABLE).map((table) => table.inputs),
  );
});
afterAll(() => {
  delete stages.small;
});

describe("every table", () => {
  test.each([
    ["by default", 0, { maxReadRequestUnits: 12_000, maxWriteRequestUnits: 4000 }],
    ["as the stage says", 4, { maxReadRequestUnits: 500, maxWriteRequestUnits: 100 }],
  ])("has a ceiling on what it and its indexes take a second, %s", (_, first, ceiling) => {
    const tables = inputs.slice(first, first + 4);
    expect(tables).toHaveLength(4);
    for (const each of tables) {
      expect(each).toMatchObject({
        billingMode: "PAY_PER_REQUEST",
        onDemandThroughput: ceiling,
      });
      for (const index of each.globalSecondaryIndexes ?? [])
        expect(index).toMatchObject({ onDemandThroughput: ceiling });
    }
    expect(tables.flatMap((each) => each.globalSecondaryIndexes ?? [])).toHaveLength(1);
  });
});
