import { randomUUIDv7 } from "node:crypto";
import {
  ANYBODY,
  Database,
  Passwords,
  type Posts,
  type TableName,
  tables,
  Users,
} from "@steadfast/core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Removal } from "../../src/removals/removal.ts";
import { CHEAP, makeCore, newcomer, PATIENT, sweepAll } from "../support/core.ts";
import { type Call, FaultyDynamoDB } from "../support/faulty-dynamodb.ts";

/** An IAM action that a call needs, and its resource. */
interface Need {
  table: string;
  index: boolean;
  action: string;
}

/** The IAM actions of a call; those of a transaction are the actions of its parts. */
function needs({ operation, request }: Call): Need[] {
  if (operation === "TransactWriteItems") {
    return request.TransactItems.flatMap((item: Record<string, { TableName: string }>) =>
      Object.entries(item).map(([part, { TableName }]) => ({
        table: TableName,
        index: false,
        // Put is dynamodb:PutItem, ConditionCheck is dynamodb:ConditionCheckItem.
        action: `dynamodb:${part}Item`,
      })),
    );
  }
  const batch = Object.keys(request.RequestItems ?? {});
  return (batch.length > 0 ? batch : [request.TableName]).map((table) => ({
    table,
    index: request.IndexName !== undefined,
    action: `dynamodb:${operation}`,
  }));
}

/** Calls every method of the repositories, along every path that each can take. */
function everything(database: Database) {
  const { posts, users, removals } = makeCore({ database });
  const stronger = new Passwords({ parameters: { ...CHEAP, passes: 2 } });
  const renewing = new Users({ database, removals, passwords: stronger });
  const input = newcomer();
  const user = () => users.create(newcomer());
  const post = async () => posts.create({ user_id: (await user()).id, content: "x" }, ANYBODY);
  const ofUsers = {
    create: user,
    get: async () => {
      await users.get((await user()).id);
      await users.get(randomUUIDv7()).catch(() => {});
    },
    update: async () => {
      const { id } = await users.create(input);
      await users.update(id, { ...input, name: "New" }, ANYBODY);
      await users.update(id, newcomer(), ANYBODY);
    },
    verify: async () => {
      const fresh = newcomer();
      await users.create(fresh);
      await renewing.verify(fresh.login, fresh.password, "192.0.2.1");
    },
    isKnown: async () => users.isKnown("nobody", "192.0.2.1"),
    isUserKnown: async () => {
      const { id } = await users.create(newcomer());
      await users.isUserKnown(id, "192.0.2.1");
    },
    remove: async () => users.remove((await post()).user_id, ANYBODY),
  } satisfies Record<keyof Users, () => Promise<unknown>>;
  const ofPosts = {
    create: async () => {
      await post();
      await posts.create({ user_id: randomUUIDv7(), content: "x" }, ANYBODY).catch(() => {});
    },
    get: async () => {
      await posts.get((await post()).id);
      await posts.get(randomUUIDv7()).catch(() => {});
    },
    update: async () => posts.update((await post()).id, { content: "y" }, ANYBODY),
    remove: async () => posts.remove((await post()).id, ANYBODY),
    listByUser: async () => posts.listByUser((await post()).user_id, { limit: 1 }),
  } satisfies Record<keyof Posts, () => Promise<unknown>>;
  const sweep = async () => {
    const { user_id } = await post();
    await users.remove(user_id, ANYBODY);
    const [removal] = await removals.list();
    await removals.claim(removal as Removal, { holder: "nobody", beat: "1" });
    await removals.release(user_id, "nobody");
    await sweepAll({ database, removals });
  };
  return [...Object.values(ofUsers), ...Object.values(ofPosts), sweep, () => database.ping()];
}

describe("the IAM actions that the tables declare", () => {
  let dynamodb: FaultyDynamoDB;
  let database: Database;
  let needed: Need[];

  beforeAll(async () => {
    dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
    database = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
    for (const run of everything(database)) await run();
    needed = dynamodb.calls.flatMap(needs);
  });
  afterAll(async () => {
    database.close();
    await dynamodb.close();
  });

  const used = (name: TableName, index: boolean) => {
    const here = needed.filter((n) => n.table === database.tables[name] && n.index === index);
    return [...new Set(here.map((n) => n.action))].toSorted();
  };

  test.each(Object.keys(tables) as TableName[])(
    "on %s are those that the calls need, no more and no less",
    (name) => {
      const declared: { table: readonly string[]; indexes?: readonly string[] } =
        tables[name].actions;
      expect(declared.table).toEqual(used(name, false));
      expect(declared.indexes ?? []).toEqual(used(name, true));
    },
  );

  test("never include a scan", () => {
    expect(needed.map((n) => n.action)).not.toContain("dynamodb:Scan");
  });

  test("are needed on no other table", () => {
    const known = new Set<string>(Object.values(database.tables));
    expect(needed.filter((n) => !known.has(n.table))).toEqual([]);
  });
});
