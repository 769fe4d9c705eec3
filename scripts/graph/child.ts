/**
 * The process that `resourceGraphs` starts: runs the program once for each request that it reads from
 * standard input, and sends their resources back. In a process of its own, because Pulumi and SST keep
 * what they know in globals.
 */
import type { GraphRequest } from "./resource.ts";

// Where the program asks for a secret that somebody sets, any value does.
process.env.SST_SECRET_CmcApiKey = "key";

Object.assign(globalThis, { $config: (config: unknown) => config });

process.once("message", async (requests: GraphRequest[]) => {
  try {
    const { runProgram } = await import("./program.ts");
    const { stages } = await import("../../infra/stages.ts");
    const originals = { ...stages };
    const graphs = [];
    for (const { stage, choices, dev = false } of requests) {
      stages[stage] = { ...originals[stage], ...choices };
      graphs.push((await runProgram({ stage, dev, root: process.cwd() })).resources);
    }
    process.send?.({ graphs }, () => process.exit());
  } catch (error) {
    process.send?.({ error: (error as Error).message }, () => process.exit(1));
  }
});
