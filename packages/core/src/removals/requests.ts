import type {
  DeleteCommandInput,
  QueryCommandInput,
  UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { TableNames } from "../dynamodb/database.ts";
import type { Action } from "../dynamodb/transactions.ts";
import type { Claim, Removal } from "./removal.ts";

/** Requests about removals, as pure functions of their arguments. */

/** One strongly consistent query finds all removals. */
const PENDING = "pending";

export function recordRemoval(tables: TableNames, userId: string, since: string): Action {
  return {
    Put: { TableName: tables.Removals, Item: { list: PENDING, user_id: userId, since } },
  };
}

export function listRemovals(
  tables: TableNames,
  startKey?: Record<string, unknown>,
): QueryCommandInput {
  return {
    TableName: tables.Removals,
    KeyConditionExpression: "#list = :pending",
    // `list` is a reserved word.
    ExpressionAttributeNames: { "#list": "list" },
    ExpressionAttributeValues: { ":pending": PENDING },
    ConsistentRead: true,
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
}

/** Takes a removal, or renews the heartbeat, unless somebody else took it. */
export function claimRemoval(
  tables: TableNames,
  { user_id, holder, beat }: Removal,
  claim: Claim,
): UpdateCommandInput {
  const seen = holder !== undefined && { ":seen": holder, ":heard": beat };
  const progressed = claim.progressed !== undefined && { ":progressed": claim.progressed };
  return {
    TableName: tables.Removals,
    Key: { list: PENDING, user_id },
    UpdateExpression: `SET holder = :holder, beat = :beat${progressed ? ", progressed = :progressed" : ""}`,
    ConditionExpression: seen
      ? "holder = :seen AND beat = :heard"
      : "attribute_exists(user_id) AND attribute_not_exists(holder)",
    ExpressionAttributeValues: {
      ":holder": claim.holder,
      ":beat": claim.beat,
      ...seen,
      ...progressed,
    },
  };
}

/** Lets another worker take a removal at once. */
export function releaseRemoval(
  tables: TableNames,
  userId: string,
  holder: string,
): UpdateCommandInput {
  return {
    TableName: tables.Removals,
    Key: { list: PENDING, user_id: userId },
    UpdateExpression: "REMOVE holder, beat",
    ConditionExpression: "holder = :holder",
    ExpressionAttributeValues: { ":holder": holder },
  };
}

/** Deletes a finished removal, unless somebody else took it. */
export function finishRemoval(
  tables: TableNames,
  userId: string,
  holder: string,
): DeleteCommandInput {
  return {
    TableName: tables.Removals,
    Key: { list: PENDING, user_id: userId },
    ConditionExpression: "holder = :holder",
    ExpressionAttributeValues: { ":holder": holder },
  };
}
