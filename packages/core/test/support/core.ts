import { randomUUIDv7 } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import {
  Database,
  type DatabaseOptions,
  FIRST_EPOCH,
  type Owner,
  Passwords,
  Posts,
  Removals,
  Sweeper,
  type SweeperOptions,
  Users,
} from "@steadfast/core";
import { createUser } from "../../src/users/requests.ts";
import type { LoginItem, UserItem } from "../../src/users/user.ts";

/** A hash that costs almost nothing, for tests that are not about passwords. */
export const CHEAP = { memory: 8, passes: 1, parallelism: 1 };

/** For tests that are not about timeouts: a busy machine must not fail them. */
export const PATIENT: DatabaseOptions = { deadline: 15_000, requestTimeout: 15_000 };

const client = DynamoDBDocumentClient.from(new DynamoDBClient());

/** The repositories over a database. @default the test run's own */
export function makeCore({ database = new Database(PATIENT) }: { database?: Database } = {}) {
  const removals = new Removals({ database, propagation: 0 });
  const passwords = new Passwords({ parameters: CHEAP });
  return {
    database,
    removals,
    passwords,
    posts: new Posts({ database, removals }),
    users: new Users({ database, passwords, removals }),
  };
}

/** A fast sweeper, for tests that are not about its pace. */
export function makeSweeper(
  core: Pick<SweeperOptions, "database" | "removals">,
  options: Partial<SweeperOptions> = {},
): Sweeper {
  const { database, removals } = core;
  return new Sweeper({ database, removals, rate: 1e6, settle: 0, interval: 20, ...options });
}

/** Sweeps until no removal is left. */
export async function sweepAll(
  core: Pick<SweeperOptions, "database" | "removals">,
  options: Partial<SweeperOptions> = {},
): Promise<void> {
  const sweeper = makeSweeper(core, options);
  sweeper.start();
  while ((await core.removals.list()).length > 0) await sleep(10);
  await sweeper.stop();
}

/** An input that registers; each has a new login. */
export function newcomer(fields: { name?: string; login?: string; password?: string } = {}) {
  return {
    name: "Ada Lovelace",
    login: `ada-${randomUUIDv7()}`,
    password: "correct horse",
    ...fields,
  };
}

/** Writes a user directly to the tables, without hashing. */
export async function insertUser(database: Database): Promise<UserItem> {
  const item = { ...newcomer(), id: randomUUIDv7(), created: new Date().toISOString() };
  await database.transactWrite(createUser(database.tables, item));
  return item;
}

/** The content of a newly registered user's token. */
export function owner({ id }: Pick<UserItem, "id">): Owner {
  return { id, epoch: FIRST_EPOCH };
}

/** All items of a table with these attributes, read without indexes. */
export async function scan<Item>(table: string, wanted: Partial<Item> = {}): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    found.push(...((page.Items ?? []) as Item[]));
  }
  return found.filter((item) =>
    Object.entries(wanted).every(([name, value]) => item[name as keyof Item] === value),
  );
}

/** The logins that a user holds in the table Logins. */
export async function loginsOf(database: Database, userId: string): Promise<string[]> {
  const items = await scan<LoginItem>(database.tables.Logins, { user_id: userId });
  return items.map((item) => item.login);
}
