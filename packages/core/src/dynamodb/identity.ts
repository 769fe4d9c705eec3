import { type TableName, tables } from "./tables.ts";

/** Tells the items of all tables apart: by physical table name, and the item or its key. */
export type Identify = (table: string, item: Record<string, unknown>) => string;

/** @param names physical table names by logical ones */
export function identifier(names: Readonly<Record<TableName, string>>): Identify {
  const hashKeys = new Map(
    Object.entries(names).map(([name, physical]) => [
      physical,
      tables[name as TableName].primaryIndex.hashKey,
    ]),
  );
  // No table has a range key, and every key is a string.
  return (table, item) => `${table} ${item[hashKeys.get(table) as string]}`;
}
