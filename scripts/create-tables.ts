/**
 * Creates missing tables in the DynamoDB that the AWS SDK is configured for, waiting up to a minute
 * for it: `node scripts/create-tables.ts`. For `compose.yaml`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createTables } from "@steadfast/local";
import { main, parseCommandLine, WrongArgument } from "../tools/common/command-line.ts";

const USAGE = `node scripts/create-tables.ts [options]

Creates the tables in the DynamoDB of DYNAMODB_ENDPOINT, for containers and tests.

  --prefix TEXT   what the tables' names begin with (default steadfast-local-)
  -h, --help      this text

examples
  DYNAMODB_ENDPOINT=http://127.0.0.1:8000 node scripts/create-tables.ts`;

const PATIENCE_SECONDS = 60;

await main("create-tables", USAGE, async (args) => {
  const { prefix } = parseCommandLine({
    args,
    options: { prefix: { type: "string", default: "steadfast-local-" } },
  }).values;
  if (!/^[\w.-]{0,200}$/.test(prefix))
    throw new WrongArgument(
      `--prefix is "${prefix}"; allowed are up to 200 letters, digits, "_", "." and "-"`,
    );
  for (let waited = 0; ; waited += 1) {
    try {
      await createTables(prefix);
      break;
    } catch (error) {
      if (waited >= PATIENCE_SECONDS) throw error;
      await sleep(1000);
    }
  }
  console.info(`Tables ${prefix}* are there.`);
});
