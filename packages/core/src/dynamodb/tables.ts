/**
 * The tables, defined once: `infra/dynamodb.ts` deploys them, the local stack and tests create them.
 * Same shape as `sst.aws.Dynamo`'s arguments.
 *
 * Only key attributes are listed; the domain types have the others.
 */
export interface TableDefinition {
  /** Key attributes of the table and its indexes, by type. */
  readonly fields: Readonly<Record<string, "string" | "number" | "binary">>;
  readonly primaryIndex: KeyDefinition;
  /** Global secondary indexes by name; each projects all attributes. */
  readonly globalIndexes?: Readonly<Record<string, KeyDefinition>>;
  /**
   * IAM actions that core needs on the table and its indexes, granted by a link to the table. A
   * transaction needs the actions of its parts. `test/dynamodb/actions.test.ts` compares them with
   * the calls.
   */
  readonly actions: { readonly table: readonly string[]; readonly indexes?: readonly string[] };
}

export interface KeyDefinition {
  readonly hashKey: string;
  readonly rangeKey?: string;
}

/** Index that lists a user's posts by date. */
export const USER_ID_INDEX = "UserIdIndex";

export const tables = {
  /** A user by `id` (UUIDv7). */
  Users: {
    fields: { id: "string" },
    primaryIndex: { hashKey: "id" },
    actions: {
      table: [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
    },
  },
  /** The owner of a login, keyed by the case-folded login. */
  Logins: {
    fields: { login: "string" },
    primaryIndex: { hashKey: "login" },
    actions: {
      table: [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
    },
  },
  /** Posts by `id` (UUIDv7), and a user's posts by date. */
  Posts: {
    fields: { id: "string", user_id: "string", date: "string" },
    primaryIndex: { hashKey: "id" },
    globalIndexes: { [USER_ID_INDEX]: { hashKey: "user_id", rangeKey: "date" } },
    actions: {
      table: [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:UpdateItem",
      ],
      indexes: ["dynamodb:Query"],
    },
  },
  /** Removed users whose posts are not swept yet: one list, by `user_id`. */
  Removals: {
    fields: { list: "string", user_id: "string" },
    primaryIndex: { hashKey: "list", rangeKey: "user_id" },
    actions: {
      table: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    },
  },
} as const satisfies Record<string, TableDefinition>;

/** Logical table name; the SST link of that name has the physical one. */
export type TableName = keyof typeof tables;
