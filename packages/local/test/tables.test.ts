import { randomUUID } from "node:crypto";
import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type TableDefinition, tables, USER_ID_INDEX } from "@steadfast/core/tables";
import { createTableRequest, createTables } from "@steadfast/local";
import { expect, test } from "vitest";

const client = new DynamoDBClient();

test("a table's request says what its definition says", () => {
  expect(createTableRequest("p-Posts", tables.Posts)).toEqual({
    TableName: "p-Posts",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "user_id", AttributeType: "S" },
      { AttributeName: "date", AttributeType: "S" },
    ],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "UserIdIndex",
        KeySchema: [
          { AttributeName: "user_id", KeyType: "HASH" },
          { AttributeName: "date", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
});

test("a table without an index asks for none", () => {
  expect(createTableRequest("p-Users", tables.Users)).not.toHaveProperty("GlobalSecondaryIndexes");
});

test("numbers and bytes can be keys", () => {
  const definition: TableDefinition = {
    fields: { at: "number", digest: "binary" },
    primaryIndex: { hashKey: "digest", rangeKey: "at" },
    actions: { table: [] },
  };
  expect(createTableRequest("t", definition)).toMatchObject({
    AttributeDefinitions: [
      { AttributeName: "at", AttributeType: "N" },
      { AttributeName: "digest", AttributeType: "B" },
    ],
    KeySchema: [
      { AttributeName: "digest", KeyType: "HASH" },
      { AttributeName: "at", KeyType: "RANGE" },
    ],
  });
});

test("every key attribute of a table is a field, and every field a key attribute", () => {
  for (const definition of Object.values<TableDefinition>(tables)) {
    const keys = [definition.primaryIndex, ...Object.values(definition.globalIndexes ?? {})];
    const attributes = keys.flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey ?? hashKey]);
    // DynamoDB refuses an undefined key as well as a definition without a key.
    expect(new Set(attributes)).toEqual(new Set(Object.keys(definition.fields)));
  }
});

test("the tables are created with their index, and keep their items when they exist already", async () => {
  const prefix = `${randomUUID()}-`;
  await createTables(prefix, client);
  const item = { id: { S: "kept" } };
  await client.send(new PutItemCommand({ TableName: `${prefix}Posts`, Item: item }));
  await createTables(prefix, client);
  for (const name of Object.keys(tables)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: prefix + name }));
    expect(Table?.TableStatus).toBe("ACTIVE");
    const indexes = Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName);
    expect(indexes).toEqual(name === "Posts" ? [USER_ID_INDEX] : undefined);
    expect(Table?.ItemCount).toBe(name === "Posts" ? 1 : 0);
  }
});
