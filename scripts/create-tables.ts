/**
 * Creates the tables that do not exist yet in the DynamoDB that the AWS SDK finds, waiting up to a
 * minute for it to come up: `node scripts/create-tables.ts [--prefix steadfast-local-]`. For
 * `compose.yaml`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { createTables } from "@steadfast/local";

const PATIENCE_SECONDS = 60;

const { values } = parseArgs({
  options: { prefix: { type: "string", default: "steadfast-local-" } },
});
const client = new DynamoDBClient();
try {
  await answering();
  await createTables(client, values.prefix);
  console.info(`Tables ${values.prefix}* are there.`);
} catch (error) {
  console.error(`create-tables: ${(error as Error).message || (error as { code?: string }).code}`);
  process.exitCode = 1;
} finally {
  client.destroy();
}

async function answering(): Promise<void> {
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
