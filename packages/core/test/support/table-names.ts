import { type TableNames, tables } from "@steadfast/core";

/** A physical name for every table there is: `the-users` for `Users`. */
export function tableNames(): TableNames {
  const names = Object.keys(tables).map((name) => [name, `the-${name.toLowerCase()}`]);
  return Object.fromEntries(names);
}
