/** The apps in `examples/`, as SST runs them. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Resources } from "../../../../test/infra/support/resources.ts";
import { runProgram } from "../../../../tools/stage/graph/program.ts";

const EXAMPLES = join(import.meta.dirname, "../../../../examples");

async function run(name: string): Promise<Resources> {
  const globals = globalThis as unknown as { $config: (config: unknown) => unknown };
  globals.$config = (config) => config;
  const { default: config } = await import(join(EXAMPLES, name, "sst.config.ts"));
  const { resources } = await runProgram({
    stage: "ada",
    dev: false,
    program: async () => void (await config.run()),
  });
  return new Resources(resources);
}

describe("an example makes", () => {
  test.each([
    ["minimal", 1, 1],
    ["container", 1, 1],
    ["two-services", 2, 1],
    ["worker", 1, 0],
  ])("%s: %d groups behind %d balancers", async (name, groups, balancers) => {
    const resources = await run(name);
    expect(resources.of("aws:autoscaling/group:Group")).toHaveLength(groups);
    expect(resources.of("aws:lb/loadBalancer:LoadBalancer")).toHaveLength(balancers);
  });
});
