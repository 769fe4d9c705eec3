/** Whether a server does what it is compared by: a wrong answer may be a quick one. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Data } from "./data.ts";

/**
 * Asks a server for everything that is measured, and for what it must refuse.
 *
 * @throws when an answer is wrong; the message names the server and the request
 */
export async function checkServer(name: string, url: string, data: Data): Promise<void> {
  const ask = async (
    method: string,
    path: string,
    status: number,
    body?: object,
    token?: string,
  ) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body && { "content-type": "application/json" }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.equal(response.status, status, `${name}: ${method} ${path} answered ${text}`);
    return status < 300 ? JSON.parse(text) : undefined;
  };
  const [user, post, author] = [data.users[0], data.posts[0], data.authors[0]];
  assert.ok(user && post && author);
  const unknown = randomUUID();

  const same = (path: string, answer: unknown, wanted: unknown) =>
    assert.deepEqual(answer, wanted, `${name}: ${path}`);
  // Whether others see a login is the server's affair.
  const seen = await ask("GET", `/users/${user}`, 200);
  same("GET user", [seen.id, seen.name, seen.password], [user, "Ada Lovelace", undefined]);
  await ask("GET", `/users/${unknown}`, 404);
  const read = await ask("GET", `/posts/${post}`, 200);
  same("GET post", Object.keys(read).sort(), ["content", "date", "id", "last_update", "user_id"]);
  await ask("GET", `/posts/${unknown}`, 404);
  const { items } = await ask("GET", `/users/${user}/posts`, 200);
  same(
    "GET posts of a user",
    items.find(({ id }: { id: string }) => id === post),
    read,
  );
  same("GET posts of a user", items.length, 20);
  await ask("GET", `/users/${unknown}/posts`, 404);

  const content = "Is it written?";
  const { user_id, access_token } = author;
  await ask("POST", "/posts/", 401, { user_id, content }, "no.such.token");
  const written = await ask("POST", "/posts/", 201, { user_id, content }, access_token);
  same("POST post", await ask("GET", `/posts/${written.id}`, 200), written);
  same("POST post", [written.user_id, written.content], [user_id, content]);

  const given = {
    name: "Ada Lovelace",
    login: `C${unknown.slice(0, 8)}`,
    password: "correct horse battery",
  };
  const registered = await ask("POST", "/users/", 201, given);
  same("POST user", registered, { id: registered.id, name: given.name, login: given.login });
  same("POST user", (await ask("GET", `/users/${registered.id}`, 200)).name, given.name);
  const again = await fetch(`${url}/users/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...given, login: given.login.toLowerCase() }),
  });
  assert.ok(again.status >= 400, `${name}: a login that is taken was answered ${again.status}`);
}
