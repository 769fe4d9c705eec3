import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type KeyDefinition, type TableDefinition, tables } from "@steadfast/core/tables";

const ATTRIBUTE_TYPES = { string: "S", number: "N", binary: "B" } as const;

export function createTableRequest(
  name: string,
  definition: TableDefinition,
): CreateTableCommandInput {
  const indexes = Object.entries(definition.globalIndexes ?? {});
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: Object.entries(definition.fields).map(
      ([field, type]): AttributeDefinition => ({
        AttributeName: field,
        AttributeType: ATTRIBUTE_TYPES[type],
      }),
    ),
    KeySchema: keySchema(definition.primaryIndex),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map(([index, key]) => ({
        IndexName: index,
        KeySchema: keySchema(key),
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  };
}

/**
 * Creates missing tables of `@steadfast/core`, named prefix + logical name.
 * @param client of the DynamoDB that gets them @default the one that the environment names
 */
export async function createTables(prefix: string, client = new DynamoDBClient()): Promise<void> {
  await Promise.all(
    Object.entries(tables).map(async ([name, definition]) => {
      const request = createTableRequest(prefix + name, definition);
      try {
        await client.send(new CreateTableCommand(request));
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
      }
      await waitUntilTableExists(
        { client, minDelay: 1, maxWaitTime: 60 },
        { TableName: prefix + name },
      );
    }),
  );
}

function keySchema({ hashKey, rangeKey }: KeyDefinition): KeySchemaElement[] {
  const hash: KeySchemaElement = { AttributeName: hashKey, KeyType: "HASH" };
  return rangeKey ? [hash, { AttributeName: rangeKey, KeyType: "RANGE" }] : [hash];
}
