import { expect, test } from "vitest";
import { runProgram } from "./support/program.ts";

test("a personal stage deploys", async () => {
  const { resources } = await runProgram({ stage: "ada" });
  expect(resources.map((each) => each.type)).toContain("aws:autoscaling/group:Group");
});
