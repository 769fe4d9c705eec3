import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ItemTexts, readPage, type TextOutput } from "../../src/dynamodb/item-text.ts";
import { fromWire } from "../../src/dynamodb/wire.ts";

const FIELDS = ["id", "content", 'say "hi"'];

/** Texts that look like what surrounds them. */
const text = fc.oneof(
  fc.string({ unit: "binary" }).filter((each) => each.isWellFormed()),
  fc
    .array(fc.constantFrom('"', "\\", "{", "}", "]", ",", ':{"S":"', '"Items":[', "ü", "👋"))
    .map((parts) => parts.join("")),
);
const name = fc.oneof(fc.constantFrom(...FIELDS, "S", "Items", "idx", "i"), text);
const items = fc.array(fc.dictionary(name, text, { noNullPrototype: true }), { maxLength: 5 });

type Items = Record<string, string>[];

function answer(all: Items, more: object = {}): Buffer {
  const wire = all.map((item) =>
    Object.fromEntries(Object.entries(item).map(([key, S]) => [key, { S }])),
  );
  return Buffer.from(JSON.stringify({ Count: all.length, Items: wire, ScannedCount: 9, ...more }));
}

/** An item with the fields alone. */
const shown = (item: Record<string, unknown>) =>
  Object.fromEntries(FIELDS.filter((field) => field in item).map((field) => [field, item[field]]));

const read = (texts: ItemTexts, count = texts.length) => JSON.parse(`[${texts.first(count)}]`);

describe("a page as text", () => {
  test("says the same as one that is read, in the fields' order, whatever the items are", () => {
    fc.assert(
      fc.property(items, fc.nat(5), (all, some) => {
        const { Items, ...rest } = readPage(answer(all), FIELDS) as TextOutput;
        expect(read(Items)).toEqual(all.map(shown));
        expect(read(Items).map(Object.keys)).toEqual(all.map((item) => Object.keys(shown(item))));
        const count = Math.min(some, all.length);
        expect(read(Items, count)).toEqual(all.slice(0, count).map(shown));
        for (const [i, item] of all.entries()) expect(Items.at(i)).toEqual(shown(item));
        const { Items: _, ...expected } = fromWire(answer(all).toString()) as { Items: Items };
        expect(rest).toEqual(expected);
        expect(read(ItemTexts.of(all, FIELDS))).toEqual(all.map(shown));
      }),
      { numRuns: 500 },
    );
  });

  test("has the last key, wherever the answer has it", () => {
    const key = { LastEvaluatedKey: { id: { S: '"Items"' } } };
    const behind = readPage(answer([{ id: "1" }], key), FIELDS);
    const before = readPage(
      Buffer.from(`{"LastEvaluatedKey":{"id":{"S":"x"}},"Items":[]}`),
      FIELDS,
    );
    expect(behind?.LastEvaluatedKey).toEqual({ id: '"Items"' });
    expect(before?.LastEvaluatedKey).toEqual({ id: "x" });
  });

  test.each([
    ["a number", '{"Items":[{"id":{"N":"1"}}]}'],
    ["a map with a text in it", '{"Items":[{"id":{"M":{"S":{"S":"x"}}}}]}'],
    ["a list", '{"Items":[{"id":{"S":"1"}},{"id":{"L":[]}}]}'],
    ["half an answer", '{"Items":[{"id":{"S":"1"}},{"id":{"S":"2'],
    ["no items", '{"Count":1}'],
    ["something that was asked for besides", '{"Items":[],"ConsumedCapacity":{"CapacityUnits":1}}'],
  ])("is left to the SDK if there is %s", (_, body) => {
    const outcome = () => readPage(Buffer.from(body), FIELDS);
    expect(outcome()).toBeUndefined();
  });
});
