import { readLink, type Users } from "@steadfast/core";
import { createLogger } from "@steadfast/core/process";
import { beforeEach, describe, expect, it } from "vitest";
import { newLogin, register, startApi, write } from "./support/api.ts";

const api = await startApi({ env: { LOG_LEVEL: "trace" } });
const { call, log } = api;

class Leak extends Error {
  readonly statusCode = 503;
  readonly password = "hunter2";
}
const BROKEN = {
  get: () => Promise.reject(new TypeError("secret internals at db.example:8000")),
  create: () => Promise.reject(new Leak("secret internals")),
} as unknown as Users;
const broken = await startApi({ users: BROKEN });

beforeEach(() => {
  log.length = 0;
  broken.log.length = 0;
});

describe("a request", () => {
  it("is one line: id, client, method, route pattern, status and milliseconds", async () => {
    const { id } = await register(api);
    log.length = 0;
    const answer = await call("GET", `/users/${id}?x=1`);
    expect(log).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        reqId: answer.headers["x-request-id"],
        client: "127.0.0.1",
        method: "GET",
        route: "/users/:id",
        status: 200,
        ms: expect.any(Number),
        msg: "request",
      },
    ]);
  });

  it.each([
    ["/nowhere", 404],
    ["/users/x", 400],
    ["/users/%zz", 400],
    [`/users/${"x".repeat(200)}`, 400],
  ])("to %s is a line, too, without its path", async (url, status) => {
    const answer = await call("GET", url);
    expect(answer.statusCode).toBe(status);
    const line = { level: "info", reqId: answer.json().request_id, status, msg: "request" };
    await expect.poll(() => log).toEqual([expect.objectContaining(line)]);
    expect(JSON.stringify(log)).not.toContain(url);
  });

  it("of a probe is logged only when it is worth a warning", async () => {
    await call("GET", "/health/live");
    await call("GET", "/health/ready");
    expect(log).toEqual([]);
  });
});

describe("secrets", () => {
  it("are in no line and no answer, at any level, whatever happens", async () => {
    const ada = await register(api);
    const { id, login, password, token } = ada;
    const answers = [
      await call("POST", "/users/", { body: { name: "Eve", login, password } }),
      await call("POST", "/users/", { body: { name: 7, login, password } }),
      await call("POST", "/users/", {
        body: { name: "Eve", login, password, password2: password },
      }),
      await call("PUT", `/users/${id}`, { body: { name: "Ada", login, password }, token }),
      await call("POST", "/sessions", { body: { login, password: `${password}!` } }),
      await call("GET", `/users/${id}`),
      await call("GET", `/posts/${(await write(api, ada)).id}`),
      await call("POST", "/posts/", { body: { content: "x" }, token: `${token}x` }),
      await call("DELETE", `/users/${id}`, { token }),
    ];
    const answered = answers.map(({ body, headers }) => body + JSON.stringify(headers)).join();
    const logged = JSON.stringify(log);
    expect(log.length).toBeGreaterThan(answers.length);
    for (const text of [answered, logged]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(token);
      expect(text).not.toContain("$argon2id$");
      expect(text).not.toContain(readLink("TokenSecret", "value"));
    }
  });

  it("are blacked out should they be logged by mistake", () => {
    const lines: string[] = [];
    const logger = createLogger("info", false, { write: (line) => void lines.push(line) });
    const password = "hunter2";
    const headers = { authorization: `Bearer ${password}` };
    logger.info({ password, body: { password }, req: { headers }, access_token: password }, "oops");
    expect(lines.join()).not.toContain(password);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ password: "[redacted]" });
  });
});

describe("a bug", () => {
  it("is answered 500 without internals, and logged with its stack under the same id", async () => {
    const url = "/users/019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f";
    const answer = await broken.call("GET", url);
    expect(answer.json()).toEqual({
      type: "urn:steadfast:problem:internal-server-error",
      title: "Internal Server Error",
      status: 500,
      detail: "Something went wrong on our side.",
      request_id: answer.headers["x-request-id"],
    });
    const [error, line] = broken.log;
    expect(error).toMatchObject({
      level: "error",
      reqId: answer.headers["x-request-id"],
      err: {
        message: "secret internals at db.example:8000",
        stack: expect.stringContaining("at "),
      },
    });
    expect(line).toMatchObject({ level: "error", status: 500, msg: "request" });
  });

  it("with a status of its own is answered 500 all the same", async () => {
    const body = { name: "Ada", login: newLogin(), password: "correct horse battery" };
    const answer = await broken.call("POST", "/users/", { body });
    expect(answer.statusCode).toBe(500);
    expect(answer.body + JSON.stringify(broken.log)).not.toContain("hunter2");
  });
});
