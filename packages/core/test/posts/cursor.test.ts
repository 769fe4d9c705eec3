import { randomUUIDv7 } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "../../src/posts/cursor.ts";

const uuid = fc.uuid();
const date = fc
  .date({
    min: new Date("0000-01-01T00:00:00.000Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  })
  .map((value) => value.toISOString());
const position = fc.record({ id: uuid, date });

describe("cursor", () => {
  test("leads back to the position it was made of", () => {
    fc.assert(
      fc.property(uuid, position, (user, place) => {
        expect(decodeCursor(user, encodeCursor(user, place))).toEqual(place);
      }),
    );
  });

  test("can stand in a query string as it is", () => {
    fc.assert(
      fc.property(uuid, position, (user, place) => {
        const cursor = encodeCursor(user, place);
        expect(encodeURIComponent(cursor)).toBe(cursor);
      }),
    );
  });

  test("of one user is none for another", () => {
    fc.assert(
      fc.property(uuid, uuid, position, (user, other, place) => {
        fc.pre(user !== other);
        expect(decodeCursor(other, encodeCursor(user, place))).toBeUndefined();
      }),
    );
  });

  test("that was tampered with is none, or a well-formed position of the same user", () => {
    const edit = fc.record({
      at: fc.nat(200),
      remove: fc.nat(3),
      insert: fc.string({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(uuid, position, edit, (user, place, { at, remove, insert }) => {
        const cursor = encodeCursor(user, place);
        const start = at % cursor.length;
        const tampered = cursor.slice(0, start) + insert + cursor.slice(start + remove);
        const decoded = decodeCursor(user, tampered);
        // Each place has exactly one encoding, so two cursors never mean the same place.
        if (decoded) expect(encodeCursor(user, decoded)).toBe(tampered);
      }),
      { numRuns: 1000 },
    );
  });

  test("that is a different spelling of the same bytes is none", () => {
    const user = randomUUIDv7();
    const cursor = encodeCursor(user, { id: randomUUIDv7(), date: new Date(0).toISOString() });
    for (const spelling of [`${cursor}=`, `${cursor}\n`, ` ${cursor}`, `${cursor}.`]) {
      expect(decodeCursor(user, spelling)).toBeUndefined();
    }
  });

  test("made of garbage is none, and never throws", () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
      fc.base64String(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.string().map((text) => Buffer.from(text).toString("base64url")),
    );
    fc.assert(
      fc.property(fc.oneof(uuid, fc.string()), garbage, (user, text) => {
        expect(decodeCursor(user, text)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["an id that is no UUID", "u", "1990", "2026-01-01T00:00:00.000Z"],
    [
      "an id in upper case",
      "u",
      "0190A000-0000-7000-8000-000000000001",
      "2026-01-01T00:00:00.000Z",
    ],
    [
      "a date without milliseconds",
      "u",
      "0190a000-0000-7000-8000-000000000001",
      "2026-01-01T00:00:00Z",
    ],
    [
      "more than three parts",
      "u",
      "0190a000-0000-7000-8000-000000000001",
      "2026-01-01T00:00:00.000Z u",
    ],
  ])("with %s is none", (_, user, id, when) => {
    const cursor = Buffer.from(`${user} ${id} ${when}`).toString("base64url");
    expect(decodeCursor(user, cursor)).toBeUndefined();
  });
});
