import { type TableName, tables } from "@steadfast/core/tables";
import { createTableRequest } from "@steadfast/local";
import type { Cloud } from "./cloud.ts";
import { present, same } from "./expect.ts";

/** The tables are those of `packages/core`: keys, indexes, on demand, with point-in-time recovery. */
export async function checkTables(cloud: Cloud, names: Record<TableName, string>): Promise<void> {
  for (const [logical, definition] of Object.entries(tables)) {
    const TableName = names[logical as TableName];
    const { Table } = await cloud.dynamoDb.describeTable({ TableName });
    const table = present(Table, `table ${TableName}`);
    const wanted = createTableRequest(TableName, definition);
    const sorted = <T>(list: T[] = []) => list.map((each) => JSON.stringify(each)).sort();
    same(
      sorted(table.AttributeDefinitions),
      sorted(wanted.AttributeDefinitions),
      `${logical}'s attributes`,
    );
    same(table.KeySchema, wanted.KeySchema, `${logical}'s key`);
    same(
      (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
      wanted.GlobalSecondaryIndexes ?? [],
      `${logical}'s indexes`,
    );
    same(table.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST", `${logical}'s billing`);
    const backups = await cloud.dynamoDb.describeContinuousBackups({ TableName });
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    same(recovery?.PointInTimeRecoveryStatus, "ENABLED", `${logical}'s point-in-time recovery`);
  }
}
