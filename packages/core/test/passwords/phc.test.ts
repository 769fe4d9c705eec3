import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPhc, parsePhc } from "../../src/passwords/phc.ts";

const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((array) => Buffer.from(array));

const hash = fc.record({
  memory: fc.integer({ min: 8, max: 2 ** 32 - 1 }),
  passes: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  parallelism: fc.integer({ min: 1, max: 2 ** 24 - 1 }),
  salt: bytes(9, 48),
  tag: bytes(12, 64),
});

test("a hash survives being written and read", () => {
  fc.assert(
    fc.property(hash, (value) => {
      expect(parsePhc(formatPhc(value))).toEqual(value);
    }),
  );
});

test("a hash is written as the PHC string format says, base64 without padding", () => {
  const text = formatPhc({
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    salt: Buffer.alloc(16, 0xff),
    tag: Buffer.alloc(32, 0xfb),
  });
  expect(text).toBe(`$argon2id$v=19$m=19456,t=2,p=1$${"/".repeat(21)}w$${"+/v7".repeat(10)}+/s`);
});

test.each([
  "",
  "plain text",
  "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
  "$argon2id$v=16$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
  "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA",
  "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\n",
  "$2b$10$abcdefghijklmnopqrstuv",
])("%j is no hash, and the error does not repeat it", (text) => {
  const parse = () => parsePhc(text);
  expect(parse).toThrow("A stored password is not an Argon2id hash in PHC format.");
});
