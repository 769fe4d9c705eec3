import { METHODS } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type CallOptions, newLogin, register, startApi, write } from "./support/api.ts";

const api = await startApi();
const { call, app } = api;
const ada = await register(api);
const post = await write(api, ada);
const { token } = ada;
const list = `/users/${ada.id}/posts`;

const name = "Ada";
const password = "correct horse battery";
const user = (changes: object = {}) => ({ name, login: newLogin(), password, ...changes });
const json = (payload: string | Buffer): CallOptions => ({
  payload,
  headers: { "content-type": "application/json" },
});
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

type Kind = [kind: string, body: unknown, pointers: string[]];

describe("a user", () => {
  it.each<Kind>([
    ["without fields", {}, ["#/login", "#/name", "#/password"]],
    ["with a number for a name", user({ name: 7 }), ["#/name"]],
    ["with null for a name", user({ name: null }), ["#/name"]],
    ["with a list for a name", user({ name: ["Ada"] }), ["#/name"]],
    ["with true for a password", user({ password: true }), ["#/password"]],
    ["with an object for a login", user({ login: { $ne: "" } }), ["#/login"]],
    ["with an empty name", user({ name: "" }), ["#/name"]],
    ["with a blank name", user({ name: " \u00a0\u3000 " }), ["#/name"]],
    ["with a name of 201 characters", user({ name: "é".repeat(201) }), ["#/name"]],
    ["with NUL in the name", user({ name: "A\u0000da" }), ["#/name"]],
    ["with a line break in the name", user({ name: "A\nda" }), ["#/name"]],
    ["with a C1 control in the name", user({ name: "A\u0085da" }), ["#/name"]],
    ["with half a surrogate pair in the name", user({ name: "A\ud83d" }), ["#/name"]],
    ["with a line separator in the name", user({ name: "A\u2028da" }), ["#/name"]],
    ["with a paragraph separator in the name", user({ name: "A\u2029da" }), ["#/name"]],
    ["with zero-width spaces for a name", user({ name: "\u200b\u2060\ufeff" }), ["#/name"]],
    ["with Hangul fillers for a name", user({ name: "\u3164\u115f\uffa0" }), ["#/name"]],
    ["with an empty Braille pattern for a name", user({ name: "\u2800" }), ["#/name"]],
    ["with no character for a name", user({ name: "\ufffe\u{1ffff}" }), ["#/name"]],
    ["with a password that nobody sees", user({ password: "\u200b".repeat(8) }), ["#/password"]],
    ["with directions alone for a name", user({ name: "\u202e\u061c \u2066" }), ["#/name"]],
    ["with accents alone for a name", user({ name: "\u0301\ufe0f" }), ["#/name"]],
    ["with tags for a name", user({ name: "\u{e0041}\u{e0001}" }), ["#/name"]],
    ["with emoji in the login", user({ login: "ada🌍" }), ["#/login"]],
    ["with a letter that only looks Latin in the login", user({ login: "аda" }), ["#/login"]],
    ["with a letter that folds to ASCII in the login", user({ login: "ad\u212a" }), ["#/login"]],
    ["with a space in the login", user({ login: "ada lovelace" }), ["#/login"]],
    ["with a line break after the login", user({ login: "ada\n" }), ["#/login"]],
    ["with a login of 2 characters", user({ login: "ad" }), ["#/login"]],
    ["with a login of 65 characters", user({ login: "a".repeat(65) }), ["#/login"]],
    ["with a login that begins with a dot", user({ login: ".ada" }), ["#/login"]],
    ["with a password of 7 characters", user({ password: "1234567" }), ["#/password"]],
    ["with a password of 129 characters", user({ password: "x".repeat(129) }), ["#/password"]],
    ["with a blank password", user({ password: " ".repeat(8) }), ["#/password"]],
    ["with an id", user({ id: ada.id }), ["#/id"]],
    ["with two fields too many", user({ admin: true, "a/b~c": 1 }), ["#/admin", "#/a~1b~0c"]],
    ["with the key constructor", user({ constructor: 1 }), ["#/constructor"]],
    ["with the key toString", user({ toString: 1 }), ["#/toString"]],
    [
      "with everything wrong",
      { name: 1, login: 2, x: 3 },
      ["#/login", "#/name", "#/password", "#/x"],
    ],
    ["that is a list", [user()], ["#"]],
    ["that is null", null, ["#"]],
    ["that is text", "Ada", ["#"]],
    ["that is a number", 7, ["#"]],
  ])("%s is refused, and each field named", async (_kind, body, pointers) => {
    for (const [method, url] of [
      ["POST", "/users/"],
      ["PUT", `/users/${ada.id}`],
    ] as const) {
      const answer = await call(method, url, { body, token });
      expect(answer.statusCode).toBe(400);
      expect(pointersOf(answer.json())).toEqual(pointers);
      expect(answer.json().errors[0].in).toBe("body");
    }
  });

  it("names 20 fields at most, however many are wrong", async () => {
    const extra = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
    const answer = await call("POST", "/users/", { body: user(extra) });
    expect([answer.statusCode, answer.json().errors.length]).toEqual([400, 20]);
  });
});

describe("a post", () => {
  it.each<Kind>([
    ["without content", {}, ["#/content"]],
    ["with a number for content", { content: 7 }, ["#/content"]],
    ["with empty content", { content: "" }, ["#/content"]],
    ["with 10,001 characters", { content: "x".repeat(10_001) }, ["#/content"]],
    ["with NUL", { content: "a\u0000b" }, ["#/content"]],
    ["with an escape sequence", { content: "\u001b[31mred" }, ["#/content"]],
    ["with half a surrogate pair", { content: "\udc00" }, ["#/content"]],
    ["with a date", { content: "x", date: "2026-01-31T12:00:00.000Z" }, ["#/date"]],
  ])("%s is refused, and each field named", async (_kind, body, pointers) => {
    for (const [method, url] of [
      ["POST", "/posts/"],
      ["PUT", `/posts/${post.id}`],
    ] as const) {
      const answer = await call(method, url, { body, token });
      expect(answer.statusCode).toBe(400);
      expect(pointersOf(answer.json())).toEqual(pointers);
    }
  });

  it.each(["ada", ada.id.toUpperCase(), `${ada.id} `, 7, null])(
    "by user_id %j, which is no id, is refused",
    async (user_id) => {
      const answer = await call("POST", "/posts/", { token, body: { content: "x", user_id } });
      expect([answer.statusCode, pointersOf(answer.json())]).toEqual([400, ["#/user_id"]]);
    },
  );
});

describe("a login", () => {
  it.each<Kind>([
    ["without a password", { login: "ada" }, ["#/password"]],
    ["with a list of passwords", { login: "ada", password: [password] }, ["#/password"]],
    ["with a field too many", { login: "ada", password, otp: "1" }, ["#/otp"]],
  ])("%s is refused, and each field named", async (_kind, body, pointers) => {
    const answer = await call("POST", "/sessions", { body });
    expect([answer.statusCode, pointersOf(answer.json())]).toEqual([400, pointers]);
  });
});

describe("no body", () => {
  it.each(["application/json", "text/plain", "application/x-www-form-urlencoded", ""])(
    "of type %j, as many clients send it, is none",
    async (type) => {
      const headers = { "content-type": type, "content-length": "0" };
      for (const url of [
        `/posts/${(await write(api, ada)).id}`,
        `/users/${(await register(api)).id}`,
      ]) {
        const answer = await call("DELETE", url, { token, headers });
        // Another user's; the request got that far.
        expect(answer.statusCode).toBe(url.startsWith("/posts") ? 200 : 403);
      }
    },
  );

  it.each(["application/json", "text/plain", undefined])(
    "in chunks is none, too, whatever its type: %s",
    async (type) => {
      const { id } = await write(api, ada);
      const headers = { ...(type && { "content-type": type }), "transfer-encoding": "chunked" };
      expect((await call("DELETE", `/posts/${id}`, { token, headers })).statusCode).toBe(200);
    },
  );
});

describe("a compressed body", () => {
  it.each(["gzip", "br", "deflate", "zstd", "gzip, identity"])(
    "(%s) is refused",
    async (coding) => {
      const payload = gzipSync(JSON.stringify(user()));
      const headers = { "content-type": "application/json", "content-encoding": coding };
      const answer = await call("POST", "/users/", { payload, headers });
      expect([answer.statusCode, answer.headers["accept-encoding"]]).toEqual([415, "identity"]);
    },
  );

  it.each(["Identity", "identity, identity", ""])("that is not is taken: %j", async (coding) => {
    const headers = { "content-encoding": coding };
    expect((await call("POST", "/users/", { body: user(), headers })).statusCode).toBe(201);
  });
});

describe("a body", () => {
  it.each<[string, CallOptions, number]>([
    ["that is broken JSON", json('{"name": "Ada"'), 400],
    ["that is no JSON", json("name=Ada"), 400],
    ["that is empty", json(""), 400],
    ["that is JSON twice", json("{}{}"), 400],
    ["with NaN", json('{"name": NaN}'), 400],
    ["that is UTF-16", json(Buffer.from("{}", "utf16le")), 400],
    ["with the key __proto__", json('{"__proto__": {"admin": true}}'), 400],
    ["with the key __proto__, escaped", json('{"\\u005f_proto__": {"admin": true}}'), 400],
    ["with the key __proto__, deep", json('{"name": {"__proto__": {}}}'), 400],
    ["with constructor.prototype", json('{"constructor": {"prototype": {}}}'), 400],
    ["that is nested 5,000 deep", json(nested(5000)), 400],
    ["that is a list nested 30,000 deep", json("[".repeat(30_000) + "]".repeat(30_000)), 400],
    ["that is not there", {}, 400],
    [
      "that is a form",
      { ...json("name=Ada"), headers: type("application/x-www-form-urlencoded") },
      415,
    ],
    ["that is text", { ...json("{}"), headers: type("text/plain") }, 415],
    ["that is XML", { ...json("<a/>"), headers: type("application/xml") }, 415],
    [
      "that is multipart",
      { ...json("--x"), headers: type("multipart/form-data; boundary=x") },
      415,
    ],
    ["of a type that is no type", { ...json("{}"), headers: type("application") }, 415],
    ["without a type", { ...json("{}"), headers: type("") }, 415],
    ["of 64 KiB and a byte", json(`"${"x".repeat(64 * 1024 - 1)}"`), 413],
    ["of 1 MiB", json(`"${"x".repeat(1024 * 1024)}"`), 413],
  ])("%s is refused", async (_kind, options, status) => {
    for (const [method, url] of BODIES) {
      const answer = await call(method, url, {
        ...options,
        headers: { authorization: `Bearer ${token}`, ...options.headers },
      });
      expect(answer.statusCode).toBe(status);
    }
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  it.each([
    ["a byte of Latin-1", "\xe4"],
    ["NUL in two bytes", "\xc0\x80"],
    ["half a surrogate pair", "\xed\xa0\xbd"],
    ["half a character", "\xf0\x9f\x8c"],
  ])("with %s, which is not UTF-8, is refused", async (_kind, bytes) => {
    const text = JSON.stringify(user({ name: `A${bytes}da` }));
    const answer = await call("POST", "/users/", json(Buffer.from(text, "latin1")));
    expect([answer.statusCode, answer.json().detail]).toEqual([400, "The body is not UTF-8."]);
  });

  it("may begin with a byte order mark", async () => {
    const answer = await call("POST", "/users/", json(`\ufeff${JSON.stringify(user())}`));
    expect(answer.statusCode).toBe(201);
  });

  it("is refused with DELETE too, when it is too large or no JSON", async () => {
    const url = `/posts/${post.id}`;
    const text = { payload: "x", headers: type("text/plain"), token };
    expect((await call("DELETE", url, text)).statusCode).toBe(415);
    const large = { ...json("x".repeat(70_000)), headers: type("application/json"), token };
    expect((await call("DELETE", url, large)).statusCode).toBe(413);
  });

  it("of exactly 64 KiB is looked at", async () => {
    const answer = await call("POST", "/users/", json(`"${"x".repeat(64 * 1024 - 2)}"`));
    expect([answer.statusCode, pointersOf(answer.json())]).toEqual([400, ["#"]]);
  });

  it.each(["application/json; charset=utf-8", "Application/JSON"])("may be %s", async (mime) => {
    const payload = JSON.stringify(user());
    const answer = await call("POST", "/users/", { payload, headers: type(mime) });
    expect(answer.statusCode).toBe(201);
  });

  it.each([
    ["name", "a".repeat(60_000)],
    ["name", `${" ".repeat(60_000)}\u0000`],
    ["login", `${"a".repeat(60_000)}\u0007`],
    ["login", `${"a.".repeat(30_000)}!`],
    ["password", `${"\t ".repeat(15_000)}x`],
    ["password", `${"a".repeat(60_000)}\u0000`],
  ])(
    "whose %s is 60 KB made to slow a pattern down is answered in no time",
    async (field, text) => {
      const started = performance.now();
      const answer = await call("POST", "/users/", { body: user({ [field]: text }) });
      expect([answer.statusCode, pointersOf(answer.json())]).toEqual([400, [`#/${field}`]]);
      // A pattern that backtracks takes minutes for this.
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
});

describe("a path", () => {
  it.each([
    "x",
    "1",
    ada.id.slice(1),
    `${ada.id}0`,
    ada.id.toUpperCase(),
    `{${ada.id}}`,
    "%00",
    "%20",
    "..%2f",
    "null",
    "a".repeat(100),
  ])("with %j for an id is refused, and the id named", async (id) => {
    for (const url of [`/users/${id}`, `/users/${id}/posts`, `/posts/${id}`]) {
      const answer = await call("GET", url);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors).toMatchObject([{ in: "path", pointer: "#/id" }]);
    }
  });

  it.each(["%", "%zz", "%c0%af", "%ff", "a".repeat(101), "a".repeat(8000)])(
    "with %j, which is no text or too long, is refused",
    async (id) => {
      const answer = await call("GET", `/users/${id}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers["x-request-id"]).toBe(answer.json().request_id);
    },
  );

  it.each([
    "/nowhere",
    "/users/../../etc/passwd",
    "/users/%2e%2e/%2e%2e/etc/passwd",
    "/docs/static/../../../package.json",
    "/docs/static/..%2f..%2f..%2fpackage.json",
    "/docs/static/%2e%2e%2fpackage.json",
    "/docs/static/..%5c..%5cpackage.json",
    "//users/",
    "/USERS/",
    `/users/${ada.id}/posts/1`,
    "/__proto__",
    "/constructor",
  ])("%s leads nowhere", async (url) => {
    const answer = await app.inject(url);
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it.each([
    ["DELETE", "/users/", "POST"],
    ["GET", "/users", "POST"],
    ["POST", `/users/${ada.id}`, "DELETE, GET, HEAD, PUT"],
    ["PATCH", `/users/${ada.id}/`, "DELETE, GET, HEAD, PUT"],
    ["OPTIONS", `/users/${ada.id}`, "DELETE, GET, HEAD, PUT"],
    ["PUT", "/posts/", "POST"],
    ["GET", "/sessions", "POST"],
    ["DELETE", "/", "GET, HEAD"],
    ["POST", "/docs/json", "GET, HEAD"],
  ] as const)("%s %s, a method that the path has not, is told the others", async (...row) => {
    const [method, url, allow] = row;
    // What was sent no longer matters.
    const headers = { "content-type": "text/plain" };
    const answer = await call(method, url, { payload: "x", headers });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
  });

  it("is the same for every method that Node reads: nobody can ask for a 5xx", async () => {
    const methods = METHODS.filter((method) => !["POST", "CONNECT"].includes(method));
    for (const method of methods) {
      const answer = await app.inject({ method: method as "GET", url: "/users/" });
      expect([method, answer.statusCode, answer.headers.allow]).toEqual([method, 405, "POST"]);
      const nowhere = await app.inject({ method: method as "GET", url: "/nowhere" });
      expect([method, nowhere.statusCode]).toEqual([method, 404]);
    }
  });
});

describe("a query", () => {
  it.each([
    ["limit=0", ["#/limit"]],
    ["limit=101", ["#/limit"]],
    ["limit=-1", ["#/limit"]],
    ["limit=1.5", ["#/limit"]],
    ["limit=abc", ["#/limit"]],
    ["limit=Infinity", ["#/limit"]],
    ["limit=-Infinity", ["#/limit"]],
    ["limit=1e999", ["#/limit"]],
    ["limit=NaN", ["#/limit"]],
    ["limit=1e9", ["#/limit"]],
    ["limit=", ["#/limit"]],
    ["limit=%zz", ["#/limit"]],
    ["limit=1&limit=2", ["#/limit"]],
    ["limit[]=1", ["#/limit[]"]],
    ["cursor=", ["#/cursor"]],
    ["cursor=x", ["#/cursor"]],
    ["cursor=a&cursor=b", ["#/cursor"]],
    [`cursor=${"a".repeat(301)}`, ["#/cursor"]],
    [`cursor=${Buffer.from(`${ada.id} ${ada.id} now`).toString("base64url")}`, ["#/cursor"]],
    [`cursor=${Buffer.from(ada.id).toString("base64url")}`, ["#/cursor"]],
    ["page=2", ["#/page"]],
    ["__proto__=1", ["#/__proto__"]],
    ["limit=0&cursor=a&cursor=b&page=2", ["#/cursor", "#/limit", "#/page"]],
  ])("%s is refused, and each parameter named", async (query, pointers) => {
    const answer = await call("GET", `${list}?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(pointersOf(answer.json())).toEqual(pointers);
    expect(answer.json().errors[0].in).toBe("query");
  });
});

/** Every operation that takes a body. */
const BODIES = [
  ["POST", "/users/"],
  ["PUT", `/users/${ada.id}`],
  ["POST", "/sessions"],
  ["POST", "/posts/"],
  ["PUT", `/posts/${post.id}`],
] as const;

function type(mime: string) {
  return { "content-type": mime };
}

function pointersOf(problem: { errors: { pointer: string }[] }): string[] {
  return problem.errors.map(({ pointer }) => pointer).sort();
}
