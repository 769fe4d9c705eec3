import { Passwords } from "@steadfast/core";
import { describe, expect, it } from "vitest";
import { newLogin, register, startApi } from "./support/api.ts";

const AMOUNT = 4;
const env = { REGISTRATIONS: String(AMOUNT), TRUST_PROXY: "127.0.0.1" };
const { call } = await startApi({ env });

const input = (fields: object = {}) => ({
  name: "Ada",
  login: newLogin(),
  password: "correct horse battery",
  ...fields,
});

function sign(address: string, fields: object = {}, to = call) {
  const headers = { "x-forwarded-for": address };
  return to("POST", "/users/", { body: input(fields), headers });
}

describe("registrations from one address", () => {
  it("beyond the limit get 429 with Retry-After, and touch no other address", async () => {
    for (let i = 0; i < AMOUNT; i++) expect((await sign("192.0.2.1")).statusCode).toBe(201);
    const refused = await sign("192.0.2.1");
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await sign("192.0.2.2")).statusCode).toBe(201);
  });

  it("count when the login is taken, too: that is how one would ask for logins", async () => {
    const { login } = await register({
      call: (method, url, options) =>
        call(method, url, { ...options, headers: { "x-forwarded-for": "192.0.2.3" } }),
    });
    for (let i = 0; i < AMOUNT; i++)
      expect((await sign("192.0.2.4", { login })).statusCode).toBe(409);
    expect((await sign("192.0.2.4", { login })).statusCode).toBe(429);
  });

  it("count together for a /64, and ten times as many for a /48", async () => {
    for (let i = 0; i < AMOUNT; i++)
      expect((await sign(`2001:db8:1:1::${i}`)).statusCode).toBe(201);
    expect((await sign("2001:db8:1:1::ffff")).statusCode).toBe(429);
    for (let i = 0; i < AMOUNT * 9; i++)
      expect((await sign(`2001:db8:1:${i + 2}::1`)).statusCode).toBe(201);
    expect((await sign("2001:db8:1:ffff::1")).statusCode).toBe(429);
  });
});

describe("a flood of registrations", () => {
  it("waits in a queue of its own: it gets 429, and those who log in get in", async () => {
    const slow = await startApi({
      env: { PASSWORD_QUEUE: "8", PASSWORD_CONCURRENCY: "1" },
      passwordCost: { memory: 4096, passes: 2, parallelism: 1 },
    });
    const ada = await register(slow);
    const flood = Array.from({ length: 60 }, async () => {
      const { statusCode } = await slow.call("POST", "/users/", { body: input() });
      return statusCode;
    });
    const { login, password } = ada;
    const logins = Array.from({ length: 4 }, async () => {
      const { statusCode } = await slow.call("POST", "/sessions", { body: { login, password } });
      return statusCode;
    });
    expect(await Promise.all(logins)).toEqual([200, 200, 200, 200]);
    const statuses = await Promise.all(flood);
    expect(new Set(statuses)).toEqual(new Set([201, 429]));
    expect(statuses.filter((status) => status === 201)).toHaveLength(9);
  });
});

describe("a password", () => {
  const at = "#/password";

  it.each(["password1", "PASSWORD1", "12345678", "qwertyuiop", "iloveyou1"])(
    "that many people have is refused: %s",
    async (password) => {
      const answer = await sign(`198.51.100.${password.charCodeAt(0)}`, { password });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors).toMatchObject([{ in: "body", pointer: at }]);
    },
  );

  it("that is the login, or its part before the @, is refused in any case", async () => {
    const address = "198.51.100.2";
    const login = newLogin();
    expect((await sign(address, { login, password: login.toUpperCase() })).statusCode).toBe(400);
    const mail = { login: `${newLogin().slice(0, 30)}@example.org` };
    const password = mail.login.split("@")[0];
    expect((await sign(address, { ...mail, password })).statusCode).toBe(400);
  });

  it("is checked when it is changed, too", async () => {
    const api = await startApi();
    const { id, login, password, token } = await register(api);
    for (const next of ["password1", login]) {
      const body = { name: "Ada", login, password: next, current_password: password };
      expect((await api.call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(400);
    }
  });

  it("of a registration waits behind all others, as long as they come", async () => {
    const cost = { memory: 8, passes: 1, parallelism: 1 };
    const passwords = new Passwords({ parameters: cost, concurrency: 1 });
    const done: string[] = [];
    const first = passwords.hash("the first");
    const late = passwords.hash("registering", "registration").then(() => done.push("late"));
    const others = [1, 2, 3].map((i) => passwords.hash(`account ${i}`).then(() => done.push("a")));
    await Promise.all([first, late, ...others]);
    expect(done).toEqual(["a", "a", "a", "late"]);
  });
});

describe("one user's changes", () => {
  it("beyond the limit get 429, whatever they change; another user's do not", async () => {
    const api = await startApi({ env: { USER_WRITES: "5" } });
    const [ada, bob] = [await register(api), await register(api)];
    const post = (token: string) =>
      api.call("POST", "/posts/", { token, body: { content: "Hello" } });
    for (let i = 0; i < 5; i++) expect((await post(ada.token)).statusCode).toBe(201);
    const refused = await post(ada.token);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(12);
    expect((await api.call("DELETE", `/users/${ada.id}`, { token: ada.token })).statusCode).toBe(
      429,
    );
    expect((await post(bob.token)).statusCode).toBe(201);
    expect((await api.call("GET", `/users/${ada.id}`)).statusCode).toBe(200);
  });

  it("are not used up by whoever holds a token of theirs that has ended", async () => {
    const api = await startApi({ env: { USER_WRITES: "5" } });
    const { id, login, password, token } = await register(api);
    const next = "another password";
    const body = { name: "Ada", login, password: next, current_password: password };
    expect((await api.call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(200);
    const post = (bearer: string) =>
      api.call("POST", "/posts/", { token: bearer, body: { content: "Hello" } });
    for (let i = 0; i < 4; i++) expect((await post(token)).statusCode).toBe(401);
    expect((await post(token)).statusCode).toBe(429);
    const session = await api.call("POST", "/sessions", { body: { login, password: next } });
    expect((await post(session.json().access_token)).statusCode).toBe(201);
  });
});
