import type {
  DeleteCommandInput,
  QueryCommandInput,
  UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { TableNames } from "../dynamodb/database.ts";
import type { ReadRequest } from "../dynamodb/reads.ts";
import { USER_ID_INDEX } from "../dynamodb/tables.ts";
import type { WriteRequest } from "../dynamodb/writes.ts";
import { type Actor, ANYBODY } from "../users/actor.ts";
import { type Post, PostChange, type PostPosition } from "./post.ts";

/** The posts repository's requests, as pure functions of their arguments. */

/** A post, and who must own it. */
export interface PostKey {
  id: string;
  actor: Actor;
}

/** A new post. Unconditional: its id is new. */
export function createPost(tables: TableNames, post: Post): WriteRequest {
  return { TableName: tables.Posts, Item: { ...post } };
}

/** A post by id. */
export function getPost(tables: TableNames, id: string, consistent: boolean): ReadRequest {
  return { TableName: tables.Posts, Key: { id }, ConsistentRead: consistent };
}

/** Replaces what the author of a post chose, if the owner asks. */
export function updatePost(
  tables: TableNames,
  key: PostKey,
  change: PostChange,
  now: string,
): UpdateCommandInput {
  const condition = ownedBy(key);
  const fields = Object.keys(PostChange.properties) as (keyof PostChange)[];
  const set = fields.filter((field) => change[field] !== undefined);
  const remove = fields.filter((field) => change[field] === undefined);
  const removal = remove.length > 0 ? ` REMOVE ${remove.map((field) => `#${field}`).join()}` : "";
  return {
    TableName: tables.Posts,
    Key: { id: key.id },
    UpdateExpression: `SET ${set.map((field) => `#${field} = :${field}, `).join("")}last_update = :now${removal}`,
    ...condition,
    // Fields may have the names of reserved words.
    ExpressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: {
      ...condition.ExpressionAttributeValues,
      ...Object.fromEntries(set.map((field) => [`:${field}`, change[field]])),
      ":now": now,
    },
    ReturnValues: "ALL_NEW",
  };
}

/** Removes a post of the owner. */
export function removePost(tables: TableNames, key: PostKey): DeleteCommandInput {
  return { TableName: tables.Posts, Key: { id: key.id }, ...ownedBy(key) };
}

/** Removes a post if it exists. */
export function discardPost(tables: TableNames, id: string): WriteRequest {
  return { TableName: tables.Posts, Key: { id } };
}

/** A page of a user's posts, newest first, through the index. */
export function listPosts(
  tables: TableNames,
  userId: string,
  limit: number,
  after?: PostPosition,
): QueryCommandInput {
  return {
    ...queryPosts(tables, userId),
    ScanIndexForward: false,
    Limit: limit,
    // The user comes from the caller, never from a cursor.
    ...(after && { ExclusiveStartKey: { user_id: userId, date: after.date, id: after.id } }),
  };
}

/** A page of the ids of a user's posts. */
export function listPostIds(
  tables: TableNames,
  userId: string,
  limit: number,
  startKey?: Record<string, unknown>,
): QueryCommandInput {
  return {
    ...queryPosts(tables, userId),
    ProjectionExpression: "id",
    Limit: limit,
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
}

function queryPosts(tables: TableNames, userId: string) {
  return {
    TableName: tables.Posts,
    IndexName: USER_ID_INDEX,
    KeyConditionExpression: "user_id = :user",
    ExpressionAttributeValues: { ":user": userId },
  };
}

/** Returns the item when the condition fails, which tells a missing post from another user's. */
function ownedBy({ actor }: PostKey) {
  return {
    ConditionExpression: actor === ANYBODY ? "attribute_exists(id)" : "user_id = :owner",
    ...(actor !== ANYBODY && { ExpressionAttributeValues: { ":owner": actor.id } }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
}
