/**
 * `npm run load -- <scenario>`: a k6 load test with a report under `load/reports/`; `npm run load --
 * compare A B`: two reports side by side. docs/load-testing.md says more.
 *
 * Exits with k6's exit code: 99 when a threshold was broken; with 2 for a wrong argument.
 */
import { main } from "../../tools/common/command-line.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { compare } from "./compare.ts";
import { run } from "./run.ts";

await main("load", USAGE, async (given) => {
  const args = readArguments(given);
  if (args.command === "run") return (await run(args)).code;
  console.info(await compare(args.reports));
  return 0;
});
