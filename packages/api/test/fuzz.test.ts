import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { register, startApi, write } from "./support/api.ts";

const api = await startApi({ env: { LOGIN_FAILURES: "1000000" } });
const { call } = api;
const ada = await register(api);
const post = await write(api, ada);
const { token } = ada;

/** Text from all planes, including lone surrogates. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: fc.integer({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
);
const value = fc.oneof({ weight: 3, arbitrary: text }, fc.jsonValue({ stringUnit: "binary" }));
const key = fc.constantFrom("name", "login", "password", "content", "user_id", "__proto__", "id");
const body = fc.oneof(
  { weight: 3, arbitrary: fc.dictionary(fc.oneof(key, text), value) },
  fc.jsonValue({ stringUnit: "binary" }),
);

describe("whatever is sent as a body", () => {
  it.each([
    ["POST", "/users/"],
    ["PUT", `/users/${ada.id}`],
    ["POST", "/sessions"],
    ["POST", "/posts/"],
    ["PUT", `/posts/${post.id}`],
  ] as const)("to %s %s, the answer is a documented one and never 500", async (method, url) => {
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        // That 4xx is a problem, and documented, is what call checks.
        const { statusCode } = await call(method, url, { body: sent, token });
        expect(statusCode).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });

  it("be it JSON or not, it is never 500", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const headers = { "content-type": "application/json" };
        const payload = Buffer.from(bytes);
        expect((await call("POST", "/users/", { payload, headers })).statusCode).toBe(400);
      }),
      { numRuns: 200 },
    );
  });
});

describe("whatever is sent as a path or a query", () => {
  it("is never answered 500", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (id, query) => {
        const path = [id, query].map((part) => encodeURIComponent(part.toWellFormed()));
        const answer = await call("GET", `/users/${path[0]}/posts?cursor=${path[1]}&${path[1]}`);
        expect(answer.statusCode).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});
