/**
 * `npm run load -- <scenario>`: a load test with k6, and its report under `load/reports/`;
 * `npm run load -- compare A B`: two reports side by side. docs/load-testing.md says more.
 *
 * Ends with k6's exit code: 99 when a threshold was broken; with 2 when an argument is wrong.
 */
import { styleText } from "node:util";
import { WrongArgument } from "./command-line.ts";
import { readArguments, USAGE } from "./load/arguments.ts";
import { compare } from "./load/compare.ts";
import { run } from "./load/run.ts";

try {
  const args = readArguments(process.argv.slice(2));
  if (args.command === "help") console.info(USAGE);
  else if (args.command === "compare") console.info(await compare(args.reports));
  else process.exitCode = (await run(args)).code;
} catch (error) {
  const wrong = error instanceof WrongArgument;
  const message = `load: ${(error as Error).message}`;
  console.error(styleText("red", message, { stream: process.stderr }));
  if (wrong) console.error(`\n${USAGE}`);
  process.exitCode = wrong ? 2 : 1;
}
