/** `npm run build`: bundles a service into a folder, which a deploy packs and instances run. */
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@steadfast/core/process";
import { bundle } from "../tools/build/bundle.ts";
import { main, parseCommandLine, WrongArgument } from "../tools/common/command-line.ts";

const USAGE = `npm run build -- [options]

Bundles a service, as instances and containers run it.

  --entry FILE   the program (default packages/api/src/server.ts)
  --out FOLDER   where the bundle is written, over one of before (default dist/api)
  -h, --help     this text

examples
  npm run build
  npm run build -- --entry packages/api/src/server.ts --out dist/api`;

await main("build", USAGE, async (args) => {
  const { entry, out } = parseCommandLine({
    args,
    options: {
      entry: { type: "string", default: "packages/api/src/server.ts" },
      out: { type: "string", default: "dist/api" },
    },
  }).values;
  if (!existsSync(entry)) throw new WrongArgument(`--entry is "${entry}"; there is no such file`);
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, "start.mjs")))
    throw new WrongArgument(`--out is "${out}"; it has files that no build made: choose another`);
  await rm(out, { recursive: true, force: true });
  try {
    // One by one: making all at once tries forever in places such as /proc.
    makeFolder(out, "choose another");
  } catch (error) {
    throw new WrongArgument(`--out is "${out}"; ${(error as Error).message}`);
  }
  await bundle({ entry, folder: out });
  console.info(out);
});
