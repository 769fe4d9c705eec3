import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { PAGE, type Post, type Store, TABLES, type User } from "./store.ts";

export const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** As people write it: a call of the SDK's document client for every item. */
export const libDynamoDb: Store = {
  async user(id, consistent = false) {
    const { Item } = await documents.send(
      new GetCommand({ TableName: TABLES.Users, Key: { id }, ConsistentRead: consistent }),
    );
    return Item as User | undefined;
  },
  async post(id) {
    const { Item } = await documents.send(new GetCommand({ TableName: TABLES.Posts, Key: { id } }));
    return Item as Post | undefined;
  },
  async posts(user) {
    const { Items, LastEvaluatedKey } = await documents.send(
      new QueryCommand({
        TableName: TABLES.Posts,
        IndexName: "UserIdIndex",
        KeyConditionExpression: "user_id = :user",
        ExpressionAttributeValues: { ":user": user },
        ScanIndexForward: false,
        Limit: PAGE,
      }),
    );
    return { items: Items as Post[], more: LastEvaluatedKey !== undefined };
  },
  async putPost(post) {
    await documents.send(new PutCommand({ TableName: TABLES.Posts, Item: post }));
  },
  async createUser(user) {
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: TABLES.Users,
              Item: user,
              ConditionExpression: "attribute_not_exists(id)",
            },
          },
          {
            Put: {
              TableName: TABLES.Logins,
              Item: { login: user.login.toLowerCase(), user_id: user.id },
              ConditionExpression: "attribute_not_exists(login)",
            },
          },
        ],
      }),
    );
  },
};
