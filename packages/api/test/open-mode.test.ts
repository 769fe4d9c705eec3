import { describe, expect, it } from "vitest";
import { newLogin, register, startApi } from "./support/api.ts";

const api = await startApi({ env: { API_AUTH: "open" } });
const owners = await startApi();
const { call } = api;

describe("API_AUTH=open", () => {
  it("lets anybody write for anybody, and change and delete it", async () => {
    const { id: user_id } = await register(api);
    const body = { user_id, content: "Hello" };
    const post = (await call("POST", "/posts/", { body })).json();
    expect(post).toMatchObject(body);
    const changed = await call("PUT", `/posts/${post.id}`, { body: { content: "Bye" } });
    expect([changed.statusCode, changed.json().content]).toEqual([200, "Bye"]);
    expect((await call("DELETE", `/posts/${post.id}`)).statusCode).toBe(200);
    const input = { name: "Eve", login: newLogin(), password: "any other password" };
    expect((await call("PUT", `/users/${user_id}`, { body: input })).statusCode).toBe(200);
    expect((await call("DELETE", `/users/${user_id}`)).statusCode).toBe(200);
  });

  it("shows logins, and wants no current password", async () => {
    const { id, login } = await register(api);
    expect((await call("GET", `/users/${id}`)).json()).toMatchObject({ login });
    const body = { name: "Eve", login: newLogin(), password: "any other password" };
    expect((await call("PUT", `/users/${id}`, { body })).json()).toMatchObject({
      login: body.login,
    });
  });

  it("takes no notice of a token, whatever it is", async () => {
    const { id: user_id } = await register(api);
    const body = { user_id, content: "Hello" };
    expect((await call("POST", "/posts/", { body, token: "rubbish" })).statusCode).toBe(201);
  });

  it("wants to know who writes a post", async () => {
    const { token } = await register(api);
    const answer = await call("POST", "/posts/", { body: { content: "Hello" }, token });
    expect(answer.statusCode).toBe(400);
    const error = { in: "body", pointer: "#/user_id", detail: "is required" };
    expect(answer.json().errors).toEqual([error]);
  });

  it("keeps no post of a user who does not exist", async () => {
    const { id: user_id } = await register(api);
    await call("DELETE", `/users/${user_id}`);
    const answer = await call("POST", "/posts/", { body: { user_id, content: "Hello" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().errors).toMatchObject([{ pointer: "#/user_id" }]);
  });

  it("is said in the log at start, and only then", async () => {
    const said = { level: "warn", msg: expect.stringMatching(/^API_AUTH=open: anybody may/) };
    expect(api.startLog).toContainEqual(expect.objectContaining(said));
    expect(owners.startLog.filter(({ level }) => level === "warn")).toEqual([]);
  });
});
