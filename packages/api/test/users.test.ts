import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { newLogin, register, startApi, write } from "./support/api.ts";

const api = await startApi();
const { call } = api;

describe("POST /users/", () => {
  it("registers a user and says where they are", async () => {
    const body = { name: "Ada Lovelace", login: newLogin(), password: "correct horse battery" };
    const answer = await call("POST", "/users/", { body });
    expect(answer.statusCode).toBe(201);
    const user = answer.json();
    expect(user).toEqual({ id: expect.any(String), name: body.name, login: body.login });
    expect(answer.headers.location).toBe(`/users/${user.id}`);
    const { id, name } = user;
    expect((await call("GET", `/users/${id}`)).json()).toEqual({ id, name });
  });

  it("takes a path without its trailing slash", async () => {
    const body = { name: "Ada", login: newLogin(), password: "correct horse battery" };
    expect((await call("POST", "/users", { body })).statusCode).toBe(201);
  });

  it("refuses a login that somebody has, whatever its case, and names the field", async () => {
    const { login } = await register(api);
    const body = { name: "Eve", login: login.toUpperCase(), password: "another password" };
    const answer = await call("POST", "/users/", { body });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().errors).toMatchObject([{ in: "body", pointer: "#/login" }]);
  });
});

describe("GET /users/{id}", () => {
  it("answers with and without a trailing slash, and to HEAD", async () => {
    const { id } = await register(api);
    expect((await call("GET", `/users/${id}/`)).statusCode).toBe(200);
    const head = await call("HEAD", `/users/${id}`);
    expect([head.statusCode, head.body]).toEqual([200, ""]);
  });

  it("tells the login to the user alone", async () => {
    const [ada, eve] = [await register(api), await register(api)];
    const tell = async (token?: string) =>
      (await call("GET", `/users/${ada.id}`, { token })).json().login;
    expect([await tell(), await tell(eve.token), await tell("rubbish")]).toEqual(
      Array(3).fill(undefined),
    );
    expect(await tell(ada.token)).toBe(ada.login);
  });

  it("does not find who is not there", async () => {
    expect((await call("GET", `/users/${randomUUID()}`)).statusCode).toBe(404);
  });
});

describe("PUT /users/{id}", () => {
  it("replaces name, login and password", async () => {
    const ada = await register(api);
    const { token, password: current_password } = ada;
    const body = { name: "Augusta", login: newLogin(), password: "a new password" };
    const change = { ...body, current_password };
    const answer = await call("PUT", `/users/${ada.id}`, { body: change, token });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ id: ada.id, name: body.name, login: body.login });
    expect(await logIn(ada.login, ada.password)).toBe(401);
    expect(await logIn(body.login, body.password)).toBe(200);
    const freed = { name: "Next", login: ada.login, password: "the next password" };
    expect((await call("POST", "/users/", { body: freed })).statusCode).toBe(201);
  });

  it("wants the whole user", async () => {
    const { id, token } = await register(api);
    const answer = await call("PUT", `/users/${id}/`, { body: { name: "Augusta" }, token });
    expect(answer.statusCode).toBe(400);
    expect(pointers(answer.json())).toEqual(["#/login", "#/password"]);
  });

  it("refuses a login that somebody has", async () => {
    const [ada, bob] = [await register(api), await register(api)];
    const body = { name: "Ada", login: bob.login, password: ada.password };
    const answer = await call("PUT", `/users/${ada.id}`, { body, token: ada.token });
    expect(answer.statusCode).toBe(409);
  });

  it("names the field when the current password is missing or wrong", async () => {
    const { id, login, token } = await register(api);
    const body = { name: "Eve", login, password: "a new password" };
    for (const current_password of [undefined, "a guess at it"]) {
      const change = { ...body, current_password };
      const answer = await call("PUT", `/users/${id}`, { body: change, token });
      expect(answer.statusCode).toBe(403);
      expect(pointers(answer.json())).toEqual(["#/current_password"]);
    }
  });

  it("changes the name alone by the password as it is, and the token stays good", async () => {
    const { id, login, password, token } = await register(api);
    const body = { name: "Augusta", login, password };
    expect((await call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(200);
    expect((await call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(200);
  });

  it("ends the tokens from before when the password changes; those from after are good", async () => {
    const ada = await register(api);
    const { id, login, password, token } = ada;
    const post = await write(api, ada);
    const body = { name: "Ada", login, password: "a new password", current_password: password };
    expect((await call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(200);
    const thefts = [
      call("PUT", `/users/${id}`, { body, token }),
      call("POST", "/posts/", { body: { content: "thief" }, token }),
      call("PUT", `/posts/${post.id}`, { body: { content: "thief" }, token }),
      call("DELETE", `/posts/${post.id}`, { token }),
      call("DELETE", `/users/${id}`, { token }),
    ];
    for (const answer of await Promise.all(thefts)) {
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
    }
    expect((await call("GET", `/users/${id}`, { token })).json()).not.toHaveProperty("login");
    const session = await call("POST", "/sessions", { body: { login, password: body.password } });
    const fresh = session.json().access_token;
    expect((await call("DELETE", `/users/${id}`, { token: fresh })).statusCode).toBe(200);
  });

  it("does not find a user who was deleted, whose token lives on", async () => {
    const { id, token } = await register(api);
    await call("DELETE", `/users/${id}`, { token });
    const body = { name: "Ada", login: newLogin(), password: "correct horse battery" };
    expect((await call("PUT", `/users/${id}`, { body, token })).statusCode).toBe(404);
  });
});

describe("DELETE /users/{id}", () => {
  it("removes the user, their login and their posts; a second time there is nothing left", async () => {
    const ada = await register(api);
    const post = await write(api, ada);
    const { token } = ada;
    const answer = await call("DELETE", `/users/${ada.id}`, { token });
    expect([answer.statusCode, answer.json()]).toEqual([200, { message: "User deleted." }]);
    expect((await call("GET", `/users/${ada.id}`)).statusCode).toBe(404);
    expect((await call("GET", `/users/${ada.id}/posts`)).statusCode).toBe(404);
    expect((await call("GET", `/posts/${post.id}`)).statusCode).toBe(404);
    expect(await logIn(ada.login, ada.password)).toBe(401);
    expect((await call("DELETE", `/users/${ada.id}/`, { token })).statusCode).toBe(404);
  });

  it("leaves no way to write for the token that lives on", async () => {
    const { id, token } = await register(api);
    await call("DELETE", `/users/${id}`, { token });
    const answer = await call("POST", "/posts/", { token, body: { content: "I am back" } });
    expect(answer.statusCode).toBe(404);
  });
});

describe("GET /users/{id}/posts", () => {
  it("pages through all posts, newest first, each once", async () => {
    const ada = await register(api);
    const written: string[] = [];
    for (let i = 0; i < 7; i++) {
      written.unshift((await write(api, ada, `post ${i}`)).id);
      // Posts of the same millisecond have no order.
      await sleep(2);
    }
    const pages: string[][] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor ? `&cursor=${cursor}` : "";
      const page = (await call("GET", `/users/${ada.id}/posts?limit=3${query}`)).json();
      pages.push(page.items.map((post: { id: string }) => post.id));
      cursor = page.next_cursor;
    }
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(written);
  });

  it("gives 20 posts unless told, and at most 100", async () => {
    const ada = await register(api);
    await Promise.all(Array.from({ length: 21 }, () => write(api, ada)));
    const url = `/users/${ada.id}/posts`;
    expect((await call("GET", `${url}/`)).json().items).toHaveLength(20);
    const all = (await call("GET", `${url}?limit=100`)).json();
    expect([all.items.length, all.next_cursor]).toEqual([21, null]);
  });

  it("is empty for who has not written", async () => {
    const { id } = await register(api);
    const page = (await call("GET", `/users/${id}/posts`)).json();
    expect(page).toEqual({ items: [], next_cursor: null });
  });

  it("refuses the cursor of another user's list", async () => {
    const [ada, bob] = [await register(api), await register(api)];
    await write(api, ada);
    await write(api, ada);
    const page = (await call("GET", `/users/${ada.id}/posts?limit=1`)).json();
    const answer = await call("GET", `/users/${bob.id}/posts?cursor=${page.next_cursor}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ in: "query", pointer: "#/cursor" }]);
  });
});

async function logIn(login: string, password: string): Promise<number> {
  return (await call("POST", "/sessions", { body: { login, password } })).statusCode;
}

function pointers(problem: { errors: { pointer: string }[] }): string[] {
  return problem.errors.map(({ pointer }) => pointer).sort();
}
