/**
 * (c) The same routes as people write them: Fastify, and a call of the SDK's document client for
 * every item. Passwords are not hashed; the bench reports that cost apart.
 */
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import jwt from "@fastify/jwt";
import { readLink } from "@steadfast/core";
import fastify from "fastify";
import { announce } from "./sample.ts";

const [Users, Logins, Posts] = ["Users", "Logins", "Posts"].map((name) => readLink(name, "name"));
const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const app = fastify({ logger: true });
app.register(jwt, { secret: readLink("TokenSecret", "value") });

app.get<{ Params: { id: string } }>("/users/:id", async (request, reply) => {
  const { id } = request.params;
  const { Item } = await db.send(new GetCommand({ TableName: Users, Key: { id } }));
  if (!Item) return reply.code(404).send({ message: "There is no such user." });
  return { id: Item.id, name: Item.name, login: Item.login };
});

app.get<{ Params: { id: string } }>("/posts/:id", async (request, reply) => {
  const { id } = request.params;
  const { Item } = await db.send(new GetCommand({ TableName: Posts, Key: { id } }));
  return Item ?? reply.code(404).send({ message: "There is no such post." });
});

app.get<{ Params: { id: string } }>("/users/:id/posts", async (request, reply) => {
  const { id } = request.params;
  const { Item } = await db.send(new GetCommand({ TableName: Users, Key: { id } }));
  if (!Item) return reply.code(404).send({ message: "There is no such user." });
  const { Items, LastEvaluatedKey } = await db.send(
    new QueryCommand({
      TableName: Posts,
      IndexName: "UserIdIndex",
      KeyConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": id },
      ScanIndexForward: false,
      Limit: 20,
    }),
  );
  return { items: Items, next_cursor: LastEvaluatedKey ?? null };
});

app.post<{ Body: { content: string; user_id: string } }>("/posts/", async (request, reply) => {
  await request.jwtVerify();
  const { content, user_id } = request.body;
  // Strongly consistent: who has just registered may post.
  const user = await db.send(
    new GetCommand({ TableName: Users, Key: { id: user_id }, ConsistentRead: true }),
  );
  if (!user.Item) return reply.code(404).send({ message: "There is no such user." });
  const date = new Date().toISOString();
  const post = { id: randomUUID(), user_id, content, date, last_update: date };
  await db.send(new PutCommand({ TableName: Posts, Item: post }));
  return reply.code(201).send(post);
});

app.post<{ Body: { name: string; login: string } }>("/users/", async (request, reply) => {
  const { name, login } = request.body;
  const id = randomUUID();
  const created = new Date().toISOString();
  await db.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName: Users,
            Item: { id, name, login, password: "not hashed here", created },
            ConditionExpression: "attribute_not_exists(id)",
          },
        },
        {
          Put: {
            TableName: Logins,
            Item: { login: login.toLowerCase(), user_id: id },
            ConditionExpression: "attribute_not_exists(login)",
          },
        },
      ],
    }),
  );
  return reply.code(201).send({ id, name, login });
});

await app.listen({ host: "127.0.0.1", port: 0 });
announce(app.server);
