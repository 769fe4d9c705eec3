import { setImmediate as turn } from "node:timers/promises";
import type { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { DomainError } from "@steadfast/core";
import { describe, expect, test, vi } from "vitest";
import { Deadline } from "../../src/dynamodb/deadline.ts";
import { Queries } from "../../src/dynamodb/queries.ts";

const LONG = () => Deadline.in(60_000);
const of = (user: string) => ({ TableName: "Posts", ExpressionAttributeValues: { ":user": user } });

/** Queries whose calls end when the test says so. */
function setUp() {
  const asked: string[] = [];
  const ends: PromiseWithResolvers<object>[] = [];
  const send = (command: QueryCommand, { abortSignal }: { abortSignal: AbortSignal }) => {
    asked.push(command.input.ExpressionAttributeValues?.[":user"]);
    const end = Promise.withResolvers<object>();
    abortSignal.addEventListener("abort", () =>
      end.reject(Object.assign(new Error("aborted"), { name: "AbortError" })),
    );
    ends.push(end);
    return end.promise;
  };
  const queries = new Queries({ send } as unknown as DynamoDBDocumentClient);
  return { queries, asked, ends };
}

describe("equal queries", () => {
  test("of one turn share a call and its page; others have their own", async () => {
    const { queries, asked, ends } = setUp();
    const pages = ["ada", "ada", "bob", "ada"].map((user) => queries.page(of(user), LONG()));
    await turn();
    expect(asked).toEqual(["ada", "bob"]);
    ends[0]?.resolve({ Items: [{ id: "1" }], LastEvaluatedKey: { id: "1" } });
    ends[1]?.resolve({});
    const [ada, again, bob] = await Promise.all(pages);
    expect(ada).toEqual({ items: [{ id: "1" }], lastKey: { id: "1" } });
    expect(again).toBe(ada);
    expect(bob).toEqual({ items: [], lastKey: undefined });
  });

  test("are never answered by a call that was sent before they came", async () => {
    const { queries, asked, ends } = setUp();
    const first = queries.page(of("ada"), LONG());
    await turn();
    const later = Array.from({ length: 20 }, () => queries.page(of("ada"), LONG()));
    await turn();
    expect(asked).toHaveLength(1);
    ends[0]?.resolve({ Items: [{ id: "old" }] });
    expect((await first).items).toEqual([{ id: "old" }]);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    ends[1]?.resolve({ Items: [{ id: "new" }] });
    for (const page of await Promise.all(later)) expect(page.items).toEqual([{ id: "new" }]);
    expect(asked).toHaveLength(2);
  });

  test("that differ in where they start, or how many they want, share nothing", async () => {
    const { queries, asked } = setUp();
    const variants = [{}, { Limit: 1 }, { Limit: 2 }, { ExclusiveStartKey: { id: "1" } }];
    for (const more of variants) void queries.page({ ...of("ada"), ...more }, LONG());
    await turn();
    expect(asked).toHaveLength(variants.length);
  });

  test("as text and as objects are two kinds, and what came as objects is made text", async () => {
    const { queries, asked, ends } = setUp();
    const texts = queries.texts(of("ada"), ["id"], LONG());
    const objects = queries.page(of("ada"), LONG());
    await turn();
    expect(asked).toHaveLength(2);
    for (const end of ends) end.resolve({ Items: [{ id: "1", more: 2 }, { id: "2" }] });
    expect(String((await texts).items.first(2))).toBe('{"id":"1"},{"id":"2"}');
    expect((await objects).items).toHaveLength(2);
  });

  test("share a failure, and are not asked again for it", async () => {
    const { queries, asked, ends } = setUp();
    const pages = Array.from({ length: 5 }, () => queries.page(of("ada"), LONG()));
    await turn();
    ends[0]?.reject(Object.assign(new Error("no such index"), { name: "ValidationException" }));
    for (const outcome of await Promise.allSettled(pages))
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "no such index" } });
    expect(asked).toHaveLength(1);
  });

  test("wait each until their own deadline", async () => {
    const { queries, ends } = setUp();
    const patient = queries.page(of("ada"), LONG());
    await turn();
    const hasty = queries.page(of("ada"), Deadline.in(1));
    await expect(hasty).rejects.toMatchObject({ kind: "unavailable" });
    await expect(hasty).rejects.toBeInstanceOf(DomainError);
    ends[0]?.resolve({ Items: [] });
    await expect(patient).resolves.toBeTruthy();
  });
});

test("nothing is remembered of queries that are over, however they ended", async () => {
  const { queries, ends } = setUp();
  const well = queries.page(of("ada"), LONG());
  const ill = queries.page(of("bob"), LONG());
  const late = queries.page(of("eve"), Deadline.in(1));
  await turn();
  expect(queries.size).toBe(3);
  const behind = queries.page(of("eve"), Deadline.in(1));
  ends[0]?.resolve({});
  ends[1]?.reject(new Error("broken"));
  await Promise.allSettled([well, ill, late, behind]);
  await expect.poll(() => queries.size).toBe(0);
});
