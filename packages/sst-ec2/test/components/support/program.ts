/** Programs with components of the library alone, as their resources. */
import { Resources } from "../../../../../test/infra/support/resources.ts";
import { runProgram } from "../../../../../tools/stage/graph/program.ts";

export const vpc = { id: "vpc-1", subnets: ["subnet-1", "subnet-2"] };
export const entry = "src/worker.ts";
export const SUBNETS = {
  id: "vpc-1",
  publicSubnets: ["public-1", "public-2"],
  privateSubnets: ["private-1", "private-2"],
};

/** Runs a program that makes components. */
export async function run(
  program: () => unknown,
  { stage = "ada", dev = false } = {},
): Promise<Resources> {
  const { resources } = await runProgram({
    stage,
    dev,
    program: async () => void (await program()),
  });
  return new Resources(resources);
}
