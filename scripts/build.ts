/** `npm run build`: bundles a service into a folder, which a deploy packs and instances run. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { bundle } from "./build/bundle.ts";
import { main, parseCommandLine, WrongArgument } from "./command-line.ts";

const USAGE = `npm run build -- [options]

  --entry FILE   the program (default packages/api/src/server.ts)
  --out FOLDER   where the bundle is written; what is there goes (default dist/api)
  -h, --help     this text`;

await main("build", USAGE, async (args) => {
  const { entry, out } = parseCommandLine({
    args,
    options: {
      entry: { type: "string", default: "packages/api/src/server.ts" },
      out: { type: "string", default: "dist/api" },
    },
  }).values;
  if (!existsSync(entry)) throw new WrongArgument(`--entry is "${entry}"; there is no such file`);
  await rm(out, { recursive: true, force: true });
  await bundle({ entry, folder: out });
  console.info(out);
});
