/**
 * Bundles a service into a folder, as it is in the application's archive:
 * `node scripts/bundle.ts --entry packages/api/src/server.ts --out FOLDER`. For container images.
 */
import { existsSync } from "node:fs";
import { bundle } from "../packages/sst-ec2/src/artifact/bundle.ts";
import { main, parseCommandLine, WrongArgument } from "./command-line.ts";

const USAGE = `node scripts/bundle.ts --entry FILE --out FOLDER

Bundles a service into one file with its assets, as the containers run it.

  --entry FILE   the program, e.g. packages/api/src/server.ts
  --out FOLDER   where the bundle is written
  -h, --help     this text

examples
  node scripts/bundle.ts --entry packages/api/src/server.ts --out dist/api`;

await main("bundle", USAGE, async (args) => {
  const { entry, out } = parseCommandLine({
    args,
    options: { entry: { type: "string" }, out: { type: "string" } },
  }).values;
  if (!entry || !out) throw new WrongArgument("say which --entry, and where it goes with --out");
  if (!existsSync(entry)) throw new WrongArgument(`--entry is "${entry}"; there is no such file`);
  await bundle({ entry, folder: out });
});
