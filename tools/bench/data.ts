import { randomUUID } from "node:crypto";
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** What the tables hold before the first request, as ids. */
export interface Data {
  users: string[];
  posts: string[];
  /** Those who write posts, with their tokens. */
  authors: Author[];
}

export interface Author {
  user_id: string;
  access_token: string;
}

const USERS = 1000;
const POSTS_PER_USER = 20;
const CONTENT = "x".repeat(200);

const AUTHORS = 200;

/** Fills the tables: users with a page of posts each, and users with tokens by this API's own means. */
export async function seed(client: DynamoDBClient, prefix: string, api: string): Promise<Data> {
  const users = Array.from({ length: USERS }, () => randomUUID());
  const date = new Date().toISOString();
  const posts = users.flatMap((user_id) =>
    Array.from({ length: POSTS_PER_USER }, () => ({
      id: randomUUID(),
      user_id,
      content: CONTENT,
      date,
      last_update: date,
    })),
  );
  await write(
    client,
    `${prefix}Users`,
    users.map((id) => ({
      id,
      name: "Ada Lovelace",
      login: `ada.${id.slice(0, 8)}`,
      password: "not hashed here",
      created: date,
    })),
  );
  await write(client, `${prefix}Posts`, posts);
  return { users, posts: posts.map(({ id }) => id), authors: await register(api) };
}

async function register(api: string): Promise<Author[]> {
  const authors: Author[] = [];
  for (let i = 0; i < AUTHORS; i++) {
    const credentials = { login: `author.${i}`, password: "correct horse battery" };
    await post(`${api}/users/`, { name: "Ada Lovelace", ...credentials });
    authors.push((await post(`${api}/sessions`, credentials)) as Author);
  }
  return authors;
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}.`);
  return response.json();
}

async function write(client: DynamoDBClient, table: string, items: object[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const batch = items.slice(start, start + 25);
    const writes = batch.map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: writes } }));
  }
}
