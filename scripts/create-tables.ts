/**
 * Creates missing tables in the DynamoDB that the AWS SDK is configured for, waiting up to a minute
 * for it: `node scripts/create-tables.ts`. For `compose.yaml`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
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
  const client = new DynamoDBClient();
  try {
    await answering(client);
    await createTables(client, prefix);
    console.info(`Tables ${prefix}* are there.`);
  } finally {
    client.destroy();
  }
});

async function answering(client: DynamoDBClient): Promise<void> {
  for (let waited = 0; ; waited += 1) {
    try {
      await client.send(new ListTablesCommand({ Limit: 1 }));
      return;
    } catch (error) {
      if (waited >= PATIENCE_SECONDS) throw error;
      await sleep(1000);
    }
  }
}
