import { describe, expect, test } from "vitest";
import * as requests from "../../src/users/requests.ts";
import { tableNames } from "../support/table-names.ts";

const tables = tableNames();
const ada = {
  id: "0190a000-0000-7000-8000-000000000001",
  name: "Ada",
  login: "Ada@Example.org",
  password: "$argon2id$old",
  created: "2026-01-01T00:00:00.000Z",
};
const changes = { name: "Countess", login: "Countess", password: "$argon2id$new", epoch: "new" };

describe("reading", () => {
  test("a user is read by key, with the consistency that was asked for", () => {
    expect(requests.getUser(tables, ada.id, false)).toEqual({
      TableName: "the-users",
      Key: { id: ada.id },
      ConsistentRead: false,
    });
    expect(requests.getUser(tables, ada.id, true).ConsistentRead).toBe(true);
  });

  test("a login is read by its folded form, strongly consistent", () => {
    expect(requests.getLogin(tables, "Ada@Example.ORG")).toEqual({
      TableName: "the-logins",
      Key: { login: "ada@example.org" },
      ConsistentRead: true,
    });
  });
});

describe("createUser", () => {
  const actions = requests.createUser(tables, ada);

  test("writes the user unless the id exists, and takes the folded login unless somebody has it", () => {
    expect(actions).toEqual([
      {
        Put: {
          TableName: "the-users",
          Item: ada,
          ConditionExpression: "attribute_not_exists(id)",
        },
      },
      {
        Put: {
          TableName: "the-logins",
          Item: { login: "ada@example.org", user_id: ada.id },
          ConditionExpression: "attribute_not_exists(login)",
        },
      },
    ]);
  });

  test("takes the login where TAKE_LOGIN says", () => {
    expect(actions[requests.TAKE_LOGIN]?.Put?.TableName).toBe("the-logins");
  });
});

describe("updateUser", () => {
  test("sets the fields on condition that login and password are still those that were read", () => {
    expect(requests.updateUser(tables, ada, changes)).toEqual({
      TableName: "the-users",
      Key: { id: ada.id },
      UpdateExpression: "SET #name = :name, login = :login, password = :password, epoch = :epoch",
      ConditionExpression: "login = :current AND password = :proven",
      ExpressionAttributeNames: { "#name": "name" },
      ExpressionAttributeValues: {
        ":current": "Ada@Example.org",
        ":proven": "$argon2id$old",
        ":name": "Countess",
        ":login": "Countess",
        ":password": "$argon2id$new",
        ":epoch": "new",
      },
      ReturnValues: "NONE",
    });
  });
});

describe("renameUser", () => {
  const actions = requests.renameUser(tables, ada, changes);

  test("changes the user, takes the new login and frees the old one in one transaction", () => {
    expect(actions).toHaveLength(3);
    expect(actions[0]?.Update).toMatchObject({
      TableName: "the-users",
      Key: { id: ada.id },
      ConditionExpression: "login = :current AND password = :proven",
    });
    expect(actions[requests.TAKE_LOGIN]?.Put).toEqual({
      TableName: "the-logins",
      Item: { login: "countess", user_id: ada.id },
      ConditionExpression: "attribute_not_exists(login)",
    });
    expect(actions[2]?.Delete).toMatchObject({
      TableName: "the-logins",
      Key: { login: "ada@example.org" },
    });
  });

  test("frees a login only if it is the user's own", () => {
    expect(actions[2]?.Delete).toMatchObject({
      ConditionExpression: "user_id = :id",
      ExpressionAttributeValues: { ":id": ada.id },
    });
  });

  test("asks nothing of the user's item that an action of a transaction may not", () => {
    expect(actions[0]?.Update).not.toHaveProperty("ReturnValues");
  });
});

describe("removeUser", () => {
  test("removes user and login together and records it, unless login or password was changed since", () => {
    const record = { Put: { TableName: "the-removals", Item: { user_id: ada.id } } };
    expect(requests.removeUser(tables, ada, record)).toEqual([
      {
        Delete: {
          TableName: "the-users",
          Key: { id: ada.id },
          ConditionExpression: "login = :current AND password = :proven",
          ExpressionAttributeValues: { ":current": "Ada@Example.org", ":proven": "$argon2id$old" },
        },
      },
      {
        Delete: {
          TableName: "the-logins",
          Key: { login: "ada@example.org" },
          ConditionExpression: "user_id = :id",
          ExpressionAttributeValues: { ":id": ada.id },
        },
      },
      record,
    ]);
  });
});

describe("renewPassword", () => {
  test("replaces the hash only if it is still the one that was verified", () => {
    expect(requests.renewPassword(tables, ada, "$argon2id$new")).toMatchObject({
      Key: { id: ada.id },
      UpdateExpression: "SET password = :new",
      ConditionExpression: "password = :old",
      ExpressionAttributeValues: { ":new": "$argon2id$new", ":old": "$argon2id$old" },
    });
  });
});
