import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "@steadfast/local";
import type { Ledger } from "./ledger.ts";

/** Removed users whose posts are still being swept. */
export async function pendingRemovals({ client, prefix }: Stack): Promise<string[]> {
  return [...(await scan(client, `${prefix}Removals`, "user_id")).keys()];
}

/** Compares the tables with the ledger. @returns what is missing, extra or different */
export async function check({ client, prefix }: Stack, ledger: Ledger): Promise<string[]> {
  const users = await scan(client, `${prefix}Users`, "id");
  const logins = await scan(client, `${prefix}Logins`, "login");
  const posts = await scan(client, `${prefix}Posts`, "id");
  const owners = new Map(
    [...ledger.users].map(([id, { login }]) => [login, { user_id: id }] as const),
  );
  return [
    ...difference("user", ledger.users, users, (expected, found) => expected.name === found.name),
    ...difference("login", owners, logins, (expected, found) => expected.user_id === found.user_id),
    ...difference(
      "post",
      ledger.posts,
      posts,
      (expected, found) => expected.user_id === found.user_id && expected.content === found.content,
    ),
  ];
}

type Item = Record<string, unknown>;

async function scan(client: DynamoDBClient, table: string, key: string) {
  const items = new Map<string, Item>();
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    { TableName: table, ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) items.set(item[key], item);
  }
  return items;
}

function difference<Expected>(
  kind: string,
  expected: ReadonlyMap<string, Expected>,
  found: ReadonlyMap<string, Item>,
  same: (expected: Expected, found: Item) => boolean,
): string[] {
  const mistakes: string[] = [];
  for (const [key, value] of expected) {
    const item = found.get(key);
    if (!item) mistakes.push(`${kind} ${key} was acknowledged and is not there`);
    else if (!same(value, item)) mistakes.push(`${kind} ${key} is not as acknowledged`);
  }
  for (const key of found.keys()) {
    if (!expected.has(key)) mistakes.push(`${kind} ${key} is there and should not be`);
  }
  return mistakes;
}
