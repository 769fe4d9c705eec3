import { expect, test } from "vitest";
import { runProgram } from "./support/program.ts";

test("a personal stage deploys", async () => {
  const { resources } = await runProgram({ stage: "ada" });
  console.info(resources.map((each) => `${each.type} ${each.name}`).join("\n"));
  expect(resources.map((each) => each.type)).toContain("aws:autoscaling/group:Group");
});
