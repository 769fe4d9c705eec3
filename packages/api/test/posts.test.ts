import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { register, startApi, write } from "./support/api.ts";

const api = await startApi();
const { call } = api;
const ada = await register(api, "Ada");
const bob = await register(api, "Bob");

describe("POST /posts/", () => {
  it("writes a post of the token's user and says where it is", async () => {
    const body = { content: "Hello,\n\tworld 🌍" };
    const answer = await call("POST", "/posts/", { token: ada.token, body });
    expect(answer.statusCode).toBe(201);
    const post = answer.json();
    expect(post).toMatchObject({ user_id: ada.id, content: body.content });
    expect(post.date).toMatch(/Z$/);
    expect(post.last_update).toBe(post.date);
    expect(answer.headers.location).toBe(`/posts/${post.id}`);
    expect((await call("GET", `/posts/${post.id}/`)).json()).toEqual(post);
  });

  it("takes the token's user by name, and a path without its trailing slash", async () => {
    const body = { content: "Hello", user_id: ada.id };
    const answer = await call("POST", "/posts", { token: ada.token, body });
    expect([answer.statusCode, answer.json().user_id]).toEqual([201, ada.id]);
  });

  it("refuses to write for another user", async () => {
    const body = { content: "I am Bob", user_id: bob.id };
    const answer = await call("POST", "/posts/", { token: ada.token, body });
    expect(answer.statusCode).toBe(403);
    expect((await call("GET", `/users/${bob.id}/posts`)).json().items).toEqual([]);
  });

  it("takes content of 10,000 characters, counted as people do", async () => {
    const body = { content: "🌍".repeat(10_000) };
    const answer = await call("POST", "/posts/", { token: ada.token, body });
    expect(answer.statusCode).toBe(201);
  });
});

describe("GET /posts/{id}", () => {
  it("does not find what is not there", async () => {
    expect((await call("GET", `/posts/${randomUUID()}`)).statusCode).toBe(404);
  });
});

describe("PUT /posts/{id}", () => {
  it("changes the content and last_update, and nothing else", async () => {
    const post = await write(api, ada, "first");
    const body = { content: "second" };
    const answer = await call("PUT", `/posts/${post.id}`, { token: ada.token, body });
    expect(answer.statusCode).toBe(200);
    const changed = answer.json();
    expect(changed).toEqual({ ...post, content: "second", last_update: changed.last_update });
    expect(changed.last_update >= post.last_update).toBe(true);
    expect((await call("GET", `/posts/${post.id}`)).json()).toEqual(changed);
  });

  it("refuses to give a post to another user", async () => {
    const { id } = await write(api, ada);
    const body = { content: "second", user_id: bob.id };
    const answer = await call("PUT", `/posts/${id}/`, { token: ada.token, body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ pointer: "#/user_id" }]);
  });

  it("refuses to change another user's post", async () => {
    const post = await write(api, ada);
    const body = { content: "Bob was here" };
    const answer = await call("PUT", `/posts/${post.id}`, { token: bob.token, body });
    expect(answer.statusCode).toBe(403);
    expect((await call("GET", `/posts/${post.id}`)).json()).toEqual(post);
  });

  it("does not find what is not there", async () => {
    const body = { content: "second" };
    const answer = await call("PUT", `/posts/${randomUUID()}`, { token: ada.token, body });
    expect(answer.statusCode).toBe(404);
  });
});

describe("DELETE /posts/{id}", () => {
  it("removes a post; a second time there is nothing left", async () => {
    const { id } = await write(api, ada);
    const { token } = ada;
    const answer = await call("DELETE", `/posts/${id}`, { token });
    expect([answer.statusCode, answer.json()]).toEqual([200, { message: "Post deleted." }]);
    expect((await call("GET", `/posts/${id}`)).statusCode).toBe(404);
    expect((await call("DELETE", `/posts/${id}/`, { token })).statusCode).toBe(404);
  });

  it("refuses to remove another user's post", async () => {
    const { id } = await write(api, ada);
    expect((await call("DELETE", `/posts/${id}`, { token: bob.token })).statusCode).toBe(403);
    expect((await call("GET", `/posts/${id}`)).statusCode).toBe(200);
  });
});
