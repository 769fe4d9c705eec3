import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { same } from "../../checks/expect.ts";
import { type Call, HttpClient } from "../load/http.ts";

/** Secrets of the tour, which must not be found on an instance. */
export interface Secrets {
  password: string;
  token: string;
}

/** Everything that a user does, once: from the documentation to the removal of the account. */
export async function takeTour(url: string): Promise<Secrets> {
  const http = new HttpClient(url);
  const ask: Ask = async (status, method, path, more = {}) => {
    const answer = await http.send({ method, path, ...more });
    same(answer.status, status, `${method} ${path} (${answer.body.slice(0, 200)})`);
    return answer.headers["content-type"]?.includes("json") ? JSON.parse(answer.body) : answer.body;
  };
  try {
    same((await ask(200, "GET", "/")).name, "steadfast", "the service's name");
    assert.match(await ask(200, "GET", "/docs/"), /swagger/i, "the documentation");
    const paths = Object.keys((await ask(200, "GET", "/docs/json")).paths);
    assert.ok(paths.includes("/posts/{id}"), "the OpenAPI document");
    const login = `tour-${randomUUID()}`;
    const password = `password of the tour ${randomUUID()}`;
    const user = { name: "Tour", login, password };
    const { id } = await ask(201, "POST", "/users/", { body: user });
    await ask(409, "POST", "/users/", { body: user });
    await ask(401, "POST", "/sessions", { body: { login, password: "another password" } });
    const session = await ask(200, "POST", "/sessions", { body: { login, password } });
    const token: string = session.access_token;
    await tourOfPosts(ask, id, token);
    await ask(401, "DELETE", `/users/${id}`);
    await ask(200, "DELETE", `/users/${id}`, { token });
    await ask(404, "GET", `/users/${id}`);
    return { password, token };
  } finally {
    http.close();
  }
}

type Ask = (
  status: number,
  method: string,
  path: string,
  more?: Partial<Call>,
  // biome-ignore lint/suspicious/noExplicitAny: what JSON is
) => Promise<any>;

async function tourOfPosts(ask: Ask, user: string, token: string): Promise<void> {
  await ask(401, "POST", "/posts/", { body: { content: "without a token" } });
  await ask(400, "POST", "/posts/", { body: {}, token });
  const posts = [];
  for (const content of ["first", "second", "third"]) {
    posts.push(await ask(201, "POST", "/posts/", { body: { content }, token }));
  }
  const [first] = posts;
  await ask(200, "PUT", `/posts/${first.id}`, { body: { content: "changed" }, token });
  same((await ask(200, "GET", `/posts/${first.id}`)).content, "changed", "a changed post");
  const page = await ask(200, "GET", `/users/${user}/posts?limit=2`);
  const next = await ask(200, "GET", `/users/${user}/posts?limit=2&cursor=${page.next_cursor}`);
  const seen = [...page.items, ...next.items].map(({ content }) => content);
  same(seen, ["third", "second", "changed"], "posts, newest first, in two pages");
  await ask(200, "DELETE", `/posts/${first.id}`, { token });
  await ask(404, "GET", `/posts/${first.id}`);
}
