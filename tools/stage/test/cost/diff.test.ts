/** `npm run cost -- diff`, and what the command prints in a terminal. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { compareLines, type DiffLine, sidesOf } from "../../cost/diff.ts";

const line = (resource: string, month: string): DiffLine => ({
  ...{ resource, month },
  ...{ type: "aws:lb/loadBalancer:LoadBalancer", service: "Load balancer", what: "hours" },
});

/** Each side is priced by a process of its own. */
const PATIENCE = { timeout: 300_000 };

async function cost(...args: string[]): Promise<string> {
  const run = promisify(execFile);
  return (await run(process.execPath, ["tools/stage/cost.ts", ...args])).stdout;
}

describe("a comparison", () => {
  test.each<[names: string[], sides: object[]]>([
    [
      ["prod", "ada"],
      [{ stage: "prod" }, { stage: "ada" }],
    ],
    [["main.."], [{ stage: "eve", commit: "main" }, { stage: "eve" }]],
    [
      ["v1..v2"],
      [
        { stage: "eve", commit: "v1" },
        { stage: "eve", commit: "v2" },
      ],
    ],
  ])("of %j is of stages or commits", (names, sides) => {
    expect(sidesOf(names, "eve")).toEqual(sides);
  });

  test("has what differs, the largest first, whatever the stages' own names are", () => {
    const before = [line("app-prod-Alb", "16"), line("Table", "2"), line("Same", "1")];
    const after = [line("app-ada-Alb", "6"), line("Queue", "2.5"), line("Same", "1")];
    const text = compareLines([{ stage: "prod" }, { stage: "ada" }], before, after);
    expect(text.split("\n")[0]).toBe(
      "**Cost of a month, prod → ada: $19.00 → $9.50** (-9.50, -50 %); an hour: $0.026 → $0.013",
    );
    const rows = text.split("\n").slice(4);
    expect(
      rows.map((row) =>
        row
          .split("|")
          .map((cell) => cell.trim())
          .slice(1, 5),
      ),
    ).toEqual([
      ["app-Alb: hours", "16.00", "6.00", "-10.00"],
      ["Queue: hours", "0", "2.50", "+2.50"],
      ["Table: hours", "2.00", "0", "-2.00"],
      ["**Sum**", "19.00", "9.50", "-9.50"],
    ]);
  });

  test("of two stages prices what each really has", PATIENCE, async () => {
    const text = await cost("diff", "prod", "ada");
    expect(text).toMatch(/^\*\*Cost of a month, prod → ada: \$\d+\.\d\d → \$\d+\.\d\d\*\* \(-/);
    expect(text).toMatch(/\| Dashboard: dashboard +\| +3\.00 \| +0 \| +-3\.00 \|/);
  });

  test("of a commit with itself has nothing, each in a checkout of its own", PATIENCE, async () => {
    expect(await cost("diff", "HEAD..HEAD", "--stage", "ada")).toContain("\n\nNo line differs.\n");
  });

  test("with what is no commit says so in a line", PATIENCE, async () => {
    await expect(cost("diff", "nothing..")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^cost: "nothing" is no commit here \(.*\)\n$/),
    });
  });
});

test.each(["prod", "ada"])(
  "the tables and the tree of %s fit 100 columns",
  PATIENCE,
  async (stage) => {
    const text = await cost("--stage", stage, "--original");
    const wide = text.split("\n").filter((each) => /^[|├└]/.test(each) && each.length > 100);
    expect(wide).toEqual([]);
    expect(text).toMatch(/^US dollars a month +\||\| an hour \|/m);
    expect(text).toMatch(/^[├└]─ \d × t4g\.micro +[\d,]+ {2}hour +0\.0084 +\d+\.\d\d$/m);
  },
);
