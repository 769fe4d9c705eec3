/**
 * The child process of `resourceGraphs`: runs the program once for each request on standard input
 * and sends the resources back. Separate, because Pulumi and SST keep state in globals.
 */
import type { GraphRequest } from "./resource.ts";

// Any value works for a secret that users set.
process.env.SST_SECRET_CmcApiKey = "key";

Object.assign(globalThis, { $config: (config: unknown) => config });

process.once("message", async (requests: GraphRequest[]) => {
  try {
    const { runProgram } = await import("./program.ts");
    const { stages } = await import("../../../infra/stages.ts");
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
