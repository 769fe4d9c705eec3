/** Physical names within AWS's limits. */
import { describe, expect, test } from "vitest";
import { runProgram } from "../../../../tools/stage/graph/program.ts";
import { NAME_LIMITS } from "../../src/sst/name-limits.ts";
import { fixedName, uniqueName } from "../../src/sst/naming.ts";

test("the provider's limits count where they are lower than AWS's", () => {
  expect(NAME_LIMITS).toMatchObject({
    "aws:codebuild/project:Project": 150,
    "aws:ec2/launchTemplate:LaunchTemplate": 125,
  });
});

describe("a name that must be cut", () => {
  // Where it is cut depends on the length of the app's name.
  const named = async (stage: string) => {
    await runProgram({ app: "nine-long", stage, program: async () => ({}) });
  };

  test("loses characters of app and stage, not its own", async () => {
    await named("production-of-the-north");
    expect(uniqueName("ApiTargets", "aws:lb/targetGroup:TargetGroup")).toBe(
      "nine-long-pro-ApiTargets",
    );
    expect(fixedName("Api", "aws:autoscaling/group:Group")).toBe(
      "nine-long-production-of-the-north-Api",
    );
  });

  test("is another for another stage with the same beginning, and the same for the same", async () => {
    const names: string[] = [];
    for (const end of ["one", "two", "one"]) {
      await named(`a-pull-request-with-a-very-long-branch-name-of-60-characters-${end}`);
      names.push(fixedName("postgres", "aws:rds/instance:Instance", 9));
    }
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toBe(names[2]);
    for (const name of names)
      expect(name).toMatch(/^nine-long-a-pull[a-z0-9-]{22}-[0-9a-f]{6}-postgres$/);
  });

  test("loses its own where the app's leave too little room", async () => {
    await named("ada");
    const names = ["1", "2"].map((end) =>
      uniqueName(`${"A".repeat(24)}${end}`, "aws:lb/targetGroup:TargetGroup"),
    );
    for (const name of names) expect(name).toMatch(/^nine-long-A{7}-[0-9a-f]{6}$/);
    expect(new Set(names).size).toBe(2);
  });

  test("is refused when it is too long by itself", async () => {
    await named("ada");
    expect(() => fixedName("A".repeat(64), "aws:rds/instance:Instance")).toThrow(
      /too long: AWS leaves 63 characters/,
    );
  });
});
