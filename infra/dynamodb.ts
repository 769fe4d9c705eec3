import {
  tables as definitions,
  type TableDefinition,
  type TableName,
} from "@steadfast/core/tables";
import type { Stage } from "./stages.ts";

/**
 * The tables of `packages/core`, each with a link that grants only what core calls.
 *
 * ### Cost
 * On demand: $0.625 a million writes, $0.125 a million reads, $0.25 a GB and month, and $0.20 a GB
 * and month for point-in-time recovery. The stage's `tableCeiling` bounds it.
 */
export function dynamodb(stage: Stage): Tables {
  const granted = new Map<sst.aws.Dynamo, TableDefinition>();
  sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({
    properties: { name: table.name },
    include: permissions(table, granted.get(table)),
  }));
  const create = (name: TableName) => {
    const definition: TableDefinition = definitions[name];
    const table = new sst.aws.Dynamo(name, {
      fields: { ...definition.fields },
      primaryIndex: definition.primaryIndex,
      globalIndexes: { ...definition.globalIndexes },
      deletionProtection: stage.deletionProtection,
      transform: { table: (args) => limitThroughput(args, stage) },
    });
    granted.set(table, definition);
    return table;
  };
  const names = Object.keys(definitions) as TableName[];
  return Object.fromEntries(names.map((name) => [name, create(name)])) as Tables;
}

export type Tables = Record<TableName, sst.aws.Dynamo>;

/** Requests beyond it are throttled. */
function limitThroughput(args: aws.dynamodb.TableArgs, { tableCeiling }: Stage): undefined {
  const onDemandThroughput = {
    maxReadRequestUnits: tableCeiling.reads,
    maxWriteRequestUnits: tableCeiling.writes,
  };
  args.onDemandThroughput = onDemandThroughput;
  args.globalSecondaryIndexes = $util
    .output(args.globalSecondaryIndexes)
    .apply((indexes) => indexes?.map((index) => ({ ...index, onDemandThroughput })) ?? []);
  // Required by the type of SST's transforms.
  return undefined;
}

/** SST's own link grants `dynamodb:*`. */
function permissions(table: sst.aws.Dynamo, definition: TableDefinition | undefined) {
  if (!definition)
    throw new Error(
      "A table is missing in packages/core/src/dynamodb/tables.ts, which says what its link grants.",
    );
  const { actions, globalIndexes = {} } = definition;
  const onTable = sst.aws.permission({ actions: [...actions.table], resources: [table.arn] });
  if (!actions.indexes) return [onTable];
  const indexes = Object.keys(globalIndexes).map(
    (index) => $interpolate`${table.arn}/index/${index}`,
  );
  return [onTable, sst.aws.permission({ actions: [...actions.indexes], resources: indexes })];
}
