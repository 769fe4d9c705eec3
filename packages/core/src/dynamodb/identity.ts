import { type TableDefinition, type TableName, tables } from "./tables.ts";

/** Identifies items across tables, by physical table name and the item or its key. */
export type Identify = (table: string, item: Record<string, unknown>) => string;

/** @param names physical table names by logical ones */
export function identifier(names: Readonly<Record<TableName, string>>): Identify {
  const keys = new Map(
    Object.entries(names).map(([name, physical]) => {
      const { primaryIndex }: TableDefinition = tables[name as TableName];
      return [physical, primaryIndex];
    }),
  );
  // Every key is a string, and no hash key contains a space.
  return (table, item) => {
    const { hashKey = "", rangeKey } = keys.get(table) ?? {};
    const identity = `${table} ${item[hashKey]}`;
    return rangeKey === undefined ? identity : `${identity} ${item[rangeKey]}`;
  };
}
