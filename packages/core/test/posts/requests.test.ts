import { describe, expect, test } from "vitest";
import * as requests from "../../src/posts/requests.ts";
import { ANYBODY } from "../../src/users/actor.ts";
import { tableNames } from "../support/table-names.ts";

const tables = tableNames();
const id = "0190a000-0000-7000-8000-000000000002";
const after = { id, date: "2026-01-01T00:00:00.000Z" };

describe("one post", () => {
  test("is read by key, with the consistency that was asked for", () => {
    expect(requests.getPost(tables, id, true)).toEqual({
      TableName: "the-posts",
      Key: { id },
      ConsistentRead: true,
    });
  });

  test("is changed and removed only if it is the owner's, and the answer tells why not", () => {
    const key = { id, actor: { id: "ada", epoch: "0" } };
    for (const request of [
      requests.updatePost(tables, key, { content: "new" }, after.date),
      requests.removePost(tables, key),
    ]) {
      expect(request.ConditionExpression).toBe("user_id = :owner");
      expect(request.ExpressionAttributeValues).toMatchObject({ ":owner": "ada" });
      expect(request.ReturnValuesOnConditionCheckFailure).toBe("ALL_OLD");
    }
  });

  test("is changed and removed by anybody only if it exists", () => {
    for (const request of [
      requests.updatePost(tables, { id, actor: ANYBODY }, { content: "new" }, after.date),
      requests.removePost(tables, { id, actor: ANYBODY }),
    ]) {
      expect(request.ConditionExpression).toBe("attribute_exists(id)");
      expect(request.ExpressionAttributeValues ?? {}).not.toHaveProperty(":owner");
    }
  });

  test("keeps its user and date when it is changed", () => {
    expect(
      requests.updatePost(tables, { id, actor: ANYBODY }, { content: "new" }, after.date),
    ).toMatchObject({
      UpdateExpression: "SET #content = :content, last_update = :now",
      ExpressionAttributeNames: { "#content": "content" },
      ExpressionAttributeValues: { ":content": "new", ":now": after.date },
      ReturnValues: "ALL_NEW",
    });
  });

  test("loses the optional fields that a change leaves out", () => {
    const nothing = {} as Parameters<typeof requests.updatePost>[2];
    const request = requests.updatePost(tables, { id, actor: ANYBODY }, nothing, after.date);
    expect(request.UpdateExpression).toBe("SET last_update = :now REMOVE #content");
    expect(request.ExpressionAttributeValues).toEqual({ ":now": after.date });
  });

  test("is taken back without a condition", () => {
    expect(requests.discardPost(tables, id)).toEqual({ TableName: "the-posts", Key: { id } });
  });
});

describe("the posts of a user", () => {
  test("are listed through the index by the user's key, newest first", () => {
    expect(requests.listPosts(tables, "ada", 21)).toEqual({
      TableName: "the-posts",
      IndexName: "UserIdIndex",
      KeyConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": "ada" },
      ScanIndexForward: false,
      Limit: 21,
    });
  });

  test("start after a position in the list of the user who was asked for, whatever the position says", () => {
    const forged = { ...after, user_id: "eve" };
    expect(requests.listPosts(tables, "ada", 21, forged).ExclusiveStartKey).toEqual({
      user_id: "ada",
      ...after,
    });
  });

  test("are swept by id through the index, from where the page before ended", () => {
    const startKey = { user_id: "ada", ...after };
    expect(requests.listPostIds(tables, "ada", 100, startKey)).toMatchObject({
      IndexName: "UserIdIndex",
      KeyConditionExpression: "user_id = :user",
      ProjectionExpression: "id",
      Limit: 100,
      ExclusiveStartKey: startKey,
    });
    expect(requests.listPostIds(tables, "ada", 100)).not.toHaveProperty("ExclusiveStartKey");
  });
});
