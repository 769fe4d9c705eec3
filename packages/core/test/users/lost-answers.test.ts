import { ANYBODY, Database } from "@steadfast/core";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { loginsOf, makeCore, newcomer, PATIENT } from "../support/core.ts";
import { FaultyDynamoDB, failure } from "../support/faulty-dynamodb.ts";

let dynamodb: FaultyDynamoDB;
let database: Database;

beforeEach(async () => {
  dynamodb = await new FaultyDynamoDB(inject("dynamodb")).open();
  database = new Database({ ...PATIENT, client: { endpoint: dynamodb.endpoint } });
});

afterEach(async () => {
  database.close();
  await dynamodb.close();
});

/**
 * The next transaction succeeds and its answer is lost; its retry is cancelled as if items were
 * locked, so that it is sent again and meets what its first copy wrote.
 */
function loseAnswer(): void {
  const codes = ["TransactionConflict", "None", "None"].map((Code) => ({ Code }));
  const faults = [
    "lose" as const,
    failure("TransactionCanceledException", { CancellationReasons: codes }),
  ].values();
  dynamodb.fault = ({ operation }) =>
    operation === "TransactWriteItems" ? faults.next().value : undefined;
}

function transactions(): number {
  return dynamodb.operations().filter((name) => name === "TransactWriteItems").length;
}

test("a registration that was done is told so, although it then meets itself", async () => {
  const { users } = makeCore({ database });
  loseAnswer();
  const user = await users.create(newcomer());
  expect(transactions()).toBe(3);
  expect(await users.get(user.id, ANYBODY)).toEqual(user);
});

test("a rename that was done is told so, although it then meets itself", async () => {
  const { users } = makeCore({ database });
  const { id } = await users.create(newcomer());
  const wanted = newcomer();
  loseAnswer();
  expect(await users.update(id, wanted, ANYBODY)).toMatchObject({ id, login: wanted.login });
  expect(transactions()).toBe(4);
  expect(await loginsOf(database, id)).toEqual([wanted.login]);
});

test("a removal that was done is told so, although it then finds nobody", async () => {
  const { users } = makeCore({ database });
  const { id } = await users.create(newcomer());
  loseAnswer();
  await users.remove(id, ANYBODY);
  expect(transactions()).toBe(4);
  await expect(users.get(id)).rejects.toMatchObject({ kind: "not_found" });
});

test("a login that somebody else has is a conflict, although an answer got lost", async () => {
  const { users } = makeCore({ database });
  const { login } = await users.create(newcomer());
  loseAnswer();
  await expect(users.create(newcomer({ login }))).rejects.toMatchObject({ kind: "conflict" });
});
