/**
 * Bundles a service into a folder, as it is in the application's archive:
 * `node scripts/bundle.ts --entry packages/api/src/server.ts --out FOLDER`. For container images.
 */
import { parseArgs } from "node:util";
import { bundle } from "./build/bundle.ts";

const { values } = parseArgs({
  options: { entry: { type: "string" }, out: { type: "string" } },
});
if (!values.entry || !values.out) {
  console.error("usage: node scripts/bundle.ts --entry FILE --out FOLDER");
  process.exit(2);
}
await bundle({ entry: values.entry, folder: values.out }).catch((error) => {
  console.error(`bundle: ${error.message}`);
  process.exitCode = 1;
});
