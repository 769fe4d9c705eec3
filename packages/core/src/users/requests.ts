import type { UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import type { TableNames } from "../dynamodb/database.ts";
import type { ReadRequest } from "../dynamodb/reads.ts";
import type { Action } from "../dynamodb/transactions.ts";
import { epochOf } from "./actor.ts";
import { foldLogin, type LoginItem, type UserItem } from "./user.ts";

/** The users repository's requests, as pure functions of their arguments. */

export function getUser(tables: TableNames, id: string, consistent: boolean): ReadRequest {
  return { TableName: tables.Users, Key: { id }, ConsistentRead: consistent };
}

/** Strongly consistent, so that one can log in right after registering. */
export function getLogin(tables: TableNames, login: string): ReadRequest {
  return { TableName: tables.Logins, Key: { login: foldLogin(login) }, ConsistentRead: true };
}

export type NewFields = Pick<UserItem, "name" | "login" | "password" | "epoch">;

/** Index of the action that writes the user. */
export const PUT_USER = 0;

/** Index of the action that takes a login. */
export const TAKE_LOGIN = 1;

/** Creates a user together with their login: both or none. */
export function createUser(tables: TableNames, item: UserItem): Action[] {
  return [
    {
      Put: {
        TableName: tables.Users,
        Item: item,
        ConditionExpression: "attribute_not_exists(id)",
      },
    },
    takeLogin(tables, item.login, item.id),
  ];
}

/** For a login that stays the same except for its case. */
export function updateUser(
  tables: TableNames,
  current: UserItem,
  changes: NewFields,
): UpdateCommandInput {
  return { ...changeUser(tables, current, changes), ReturnValues: "NONE" };
}

/** Takes the new login and frees the old, or changes nothing. */
export function renameUser(tables: TableNames, current: UserItem, changes: NewFields): Action[] {
  return [
    { Update: changeUser(tables, current, changes) },
    takeLogin(tables, changes.login, current.id),
    freeLogin(tables, current),
  ];
}

/** Removes a user and their login and records the sweep of their posts: all or nothing. */
export function removeUser(tables: TableNames, current: UserItem, record: Action): Action[] {
  return [
    { Delete: { TableName: tables.Users, Key: { id: current.id }, ...unchanged(current) } },
    freeLogin(tables, current),
    record,
  ];
}

/** Unless the login's owner or networks changed meanwhile. */
export function rememberNetworks(
  tables: TableNames,
  { login, user_id, networks }: LoginItem,
  remembered: string,
): UpdateCommandInput {
  const before = networks === undefined ? "attribute_not_exists(networks)" : "networks = :old";
  return {
    TableName: tables.Logins,
    Key: { login },
    UpdateExpression: "SET networks = :new",
    ConditionExpression: `user_id = :id AND ${before}`,
    ExpressionAttributeValues: {
      ":new": remembered,
      ":id": user_id,
      ...(networks !== undefined && { ":old": networks }),
    },
  };
}

/** Stores a hash with new parameters, unless the password changed meanwhile. */
export function renewPassword(
  tables: TableNames,
  current: UserItem,
  password: string,
): UpdateCommandInput {
  return {
    TableName: tables.Users,
    Key: { id: current.id },
    UpdateExpression: "SET password = :new",
    ConditionExpression: "password = :old",
    ExpressionAttributeValues: { ":new": password, ":old": current.password },
  };
}

function changeUser(tables: TableNames, current: UserItem, changes: NewFields) {
  const condition = unchanged(current);
  return {
    TableName: tables.Users,
    Key: { id: current.id },
    // `name` is a reserved word.
    UpdateExpression: "SET #name = :name, login = :login, password = :password, epoch = :epoch",
    ConditionExpression: condition.ConditionExpression,
    ExpressionAttributeNames: { "#name": "name" },
    ExpressionAttributeValues: {
      ...condition.ExpressionAttributeValues,
      ":name": changes.name,
      ":login": changes.login,
      ":password": changes.password,
      ":epoch": epochOf(changes),
    },
  };
}

/**
 * The user still has the login and password that were read: the right login is freed, and the proof
 * holds.
 */
function unchanged(current: UserItem) {
  return {
    ConditionExpression: "login = :current AND password = :proven",
    ExpressionAttributeValues: { ":current": current.login, ":proven": current.password },
  };
}

function takeLogin(tables: TableNames, login: string, userId: string): Action {
  return {
    Put: {
      TableName: tables.Logins,
      Item: { login: foldLogin(login), user_id: userId },
      ConditionExpression: "attribute_not_exists(login)",
    },
  };
}

function freeLogin(tables: TableNames, { id, login }: UserItem): Action {
  return {
    Delete: {
      TableName: tables.Logins,
      Key: { login: foldLogin(login) },
      ConditionExpression: "user_id = :id",
      ExpressionAttributeValues: { ":id": id },
    },
  };
}
