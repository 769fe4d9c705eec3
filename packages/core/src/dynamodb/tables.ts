/**
 * The tables, defined once: `infra/dynamodb.ts` deploys them, the local stack and the tests create
 * them. The shape is that of `sst.aws.Dynamo`'s arguments.
 *
 * Only key attributes are listed; the other attributes of an item are in the types of its domain.
 */
export interface TableDefinition {
  /** Key attributes of the table and its indexes, by type. */
  readonly fields: Readonly<Record<string, "string" | "number" | "binary">>;
  readonly primaryIndex: KeyDefinition;
  /** Global secondary indexes by name; each projects all attributes. */
  readonly globalIndexes?: Readonly<Record<string, KeyDefinition>>;
  /**
   * The IAM actions that core's calls need, on the table and on its indexes: what a link to the
   * table grants. A transaction needs the actions of its parts. `test/dynamodb/actions.test.ts`
   * keeps them in step with the calls.
   */
  readonly actions: { readonly table: readonly string[]; readonly indexes?: readonly string[] };
}

export interface KeyDefinition {
  readonly hashKey: string;
  readonly rangeKey?: string;
}

/** Name of the index that lists a user's posts by date. */
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
  /** Who owns a login: one item a login, keyed by its case-folded form. */
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
  /** A post by `id` (UUIDv7), and the posts of a user by date. */
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
  /** The removed users whose posts are not swept yet, in one list, by `user_id`. */
  Removals: {
    fields: { list: "string", user_id: "string" },
    primaryIndex: { hashKey: "list", rangeKey: "user_id" },
    actions: {
      table: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    },
  },
} as const satisfies Record<string, TableDefinition>;

/** Logical name of a table; its physical name comes from the SST link of the same name. */
export type TableName = keyof typeof tables;
