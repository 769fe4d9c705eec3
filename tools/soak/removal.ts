/**
 * How the removal of one user with very many posts affects others: twenty clients remove the user at
 * once, while others read and write.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { USER_ID_INDEX } from "@steadfast/core/tables";
import { type Stack, startStack } from "@steadfast/local";
import { type Capacity, startCountingProxy } from "../common/proxies.ts";
import { pendingRemovals } from "./check.ts";
import { Others } from "./others.ts";

const PASSWORD = "correct horse battery";

/** Concurrent removals of the user. */
const REMOVALS = 20;

/** Seconds before the removal, for comparison. */
const BEFORE = 15;

/** Write units of one post: its item and the index's. */
const POST_UNITS = 2;

interface Account {
  id: string;
  token: string;
}

/**
 * @returns the exit code: 0 when all posts are gone, none was shown, and nobody else met a failure
 */
export async function soakRemoval(posts: number, clients: number): Promise<number> {
  let proxy: Awaited<ReturnType<typeof startCountingProxy>> | undefined;
  let stack: Stack | undefined;
  try {
    stack = await startStack(async (endpoint) => {
      proxy = await startCountingProxy(endpoint);
      return { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
    });
    return await run(stack, (proxy as NonNullable<typeof proxy>).total, posts, clients);
  } finally {
    await stack?.stop();
    proxy?.stop();
  }
}

async function run(stack: Stack, units: Capacity, posts: number, clients: number): Promise<number> {
  const user = await register(stack.url, "one-of-many-posts");
  console.info(`Writing ${posts} posts of one user …`);
  const ids = await fill(stack, user.id, posts);
  const accounts = await Promise.all(
    Array.from({ length: clients }, (_, i) => register(stack.url, `other-${i}`)),
  );
  const others = new Others(stack.url, accounts);
  others.start();
  await sleep(BEFORE * 1000);
  const before = others.take();
  const spent = units.write;

  console.info(`${REMOVALS} removals of that user at once, ${clients} others go on …`);
  const started = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: REMOVALS }, async () => {
      const status = await send(stack.url, "DELETE", `/users/${user.id}`, user.token);
      return { status, after: performance.now() - started };
    }),
  );
  const shown = await anyShown(stack.url, user.id, ids);
  while ((await pendingRemovals(stack)).length > 0) await sleep(250);
  const seconds = (performance.now() - started) / 1000;
  const during = others.take();
  await others.stop();
  // Includes writes that were in flight when it was counted.
  const removal = units.write - spent - POST_UNITS * during.posts;
  const left = await countPosts(stack, user.id);

  const answered = Math.max(...statuses.map(({ after }) => after));
  console.info(`
| | |
|---|---|
| Answers to the removals | ${[...new Set(statuses.map(({ status }) => status))].join(", ")} |
| Time to the last answer | ${(answered / 1000).toFixed(2)} s |
| Time to the last post | ${seconds.toFixed(0)} s |
| Write units of the removal | ${removal.toFixed(0)}, ${(removal / posts).toFixed(2)} a post |
| Others' p99 before | ${before.p99.toFixed(0)} ms, ${before.count} requests |
| Others' p99 meanwhile | ${during.p99.toFixed(0)} ms, ${during.count} requests |
| Others' failures before, and meanwhile | ${before.failures}, ${during.failures} |
`);
  const problems = [
    ...(left > 0 ? [`${left} posts are left`] : []),
    ...(shown > 0 ? [`${shown} posts were shown after the removal`] : []),
    ...[...during.reasons].map(([what, times]) => `others met ${times} times: ${what}`),
    ...statuses
      .filter(({ status }) => status !== 200 && status !== 404)
      .map(({ status }) => `a removal was answered ${status}`),
  ];
  for (const problem of problems) console.error(`  ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

async function register(url: string, login: string): Promise<Account> {
  const credentials = { login, password: PASSWORD };
  await ask(url, "/users/", { name: "A soaking user", ...credentials });
  const session = await ask(url, "/sessions", credentials);
  return { id: session.user_id as string, token: session.access_token as string };
}

async function ask(url: string, path: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}.`);
  return response.json() as Promise<Record<string, string>>;
}

async function send(url: string, method: string, path: string, token?: string): Promise<number> {
  const headers = { ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url + path, { method, headers });
  await response.arrayBuffer();
  return response.status;
}

/** Writes posts directly to the table. @returns some of their ids */
async function fill({ client, prefix }: Stack, user_id: string, count: number): Promise<string[]> {
  const some: string[] = [];
  const date = new Date().toISOString();
  const put = async (from: number) => {
    const items = Array.from({ length: Math.min(25, count - from) }, () => {
      const id = crypto.randomUUID();
      return { id, user_id, content: "x".repeat(200), date, last_update: date };
    });
    if (from % 5000 === 0) some.push(items[0]?.id as string);
    const writes = items.map((item) => ({ PutRequest: { Item: marshall(item) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [`${prefix}Posts`]: writes } }));
  };
  for (let from = 0; from < count; from += 25) await put(from);
  return some;
}

/** Posts that the API still shows. */
async function anyShown(url: string, user: string, ids: string[]): Promise<number> {
  const paths = [`/users/${user}/posts`, ...ids.map((id) => `/posts/${id}`)];
  const statuses = await Promise.all(paths.map((path) => send(url, "GET", path)));
  return statuses.filter((status) => status !== 404).length;
}

async function countPosts({ client, prefix }: Stack, user: string): Promise<number> {
  let count = 0;
  let startKey: StartKey;
  do {
    const { Count = 0, LastEvaluatedKey } = await page(client, `${prefix}Posts`, user, startKey);
    count += Count;
    startKey = LastEvaluatedKey;
  } while (startKey);
  return count;
}

type StartKey = Record<string, AttributeValue> | undefined;

function page(client: DynamoDBClient, table: string, user: string, startKey: StartKey) {
  return client.send(
    new QueryCommand({
      TableName: table,
      IndexName: USER_ID_INDEX,
      KeyConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": { S: user } },
      Select: "COUNT",
      ...(startKey && { ExclusiveStartKey: startKey }),
    }),
  );
}
