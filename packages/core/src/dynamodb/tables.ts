/**
 * The tables, for deployment, local stack and tests, in the shape of `sst.aws.Dynamo`'s arguments.
 * Only key attributes are listed.
 */
export interface TableDefinition {
  /** Key attributes of the table and its indexes. */
  readonly fields: Readonly<Record<string, "string" | "number" | "binary">>;
  readonly primaryIndex: KeyDefinition;
  /** Each projects all attributes. */
  readonly globalIndexes?: Readonly<Record<string, KeyDefinition>>;
  /**
   * IAM actions that a link to the table grants. A transaction needs the actions of its parts;
   * `test/dynamodb/actions.test.ts` compares them with the calls.
   */
  readonly actions: { readonly table: readonly string[]; readonly indexes?: readonly string[] };
}

export interface KeyDefinition {
  readonly hashKey: string;
  readonly rangeKey?: string;
}

/** Lists a user's posts by date. */
export const USER_ID_INDEX = "UserIdIndex";

export const tables = {
  /** By `id` (UUIDv7). */
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
  /** The owner of a login, by the case-folded login. */
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
  /** By `id` (UUIDv7), and a user's posts by date. */
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

/** Logical name; the SST link of that name has the physical one. */
export type TableName = keyof typeof tables;
