/** A user's steps: each sends, checks, and returns what the next one needs. */
import { check } from "k6";
import exec from "k6/execution";
import { bodyOf, type Call, type Response, send } from "./client.ts";
import { type Account, loginOf, type Run } from "./run.ts";

/** Renewed a minute early, so that a token does not expire in flight. */
const MARGIN = 60_000;

/** Users that this VU registered; k6 runs this module once per VU. */
let registered = 0;
/** Tokens that this VU renewed, by login. */
const renewed = new Map<string, Pick<Account, "token" | "expires">>();

export function openDocs(): void {
  const response = step({ method: "GET", route: "/docs" }, 200);
  check(response, { "GET /docs is Swagger UI": ({ body }) => body?.includes("swagger-ui") });
}

/**
 * Registers a user with a login of its own.
 *
 * @param expected statuses that do not count as failed @default 201
 */
export function register(run: Run, expected = [201]): Response {
  // Teardown would not find it.
  if (exec.vu.idInTest > run.registering) {
    exec.test.abort(`VU ${exec.vu.idInTest} registers, of ${run.registering} that may.`);
  }
  const login = loginOf(run, exec.vu.idInTest, registered);
  const body = { name: "Ada Lovelace", login, password: run.password };
  const response = send({ method: "POST", route: "/users/", body, expected });
  check(response, { "POST /users/ is as expected": ({ status }) => expected.includes(status) });
  // Taken: an earlier registration succeeded and its answer was lost.
  if (response.status === 201 || response.status === 409) registered += 1;
  return response;
}

/** The user in an answer, if the registration succeeded. */
export function userIn(response: Response): { id: string; login: string } | undefined {
  return response.status === 201 ? bodyOf(response) : undefined;
}

/** @returns the token if the log-in succeeded */
export function logIn(run: Run, login: string): string | undefined {
  const body = { login, password: run.password };
  const response = step({ method: "POST", route: "/sessions", body }, 200);
  if (response.status !== 200) return undefined;
  const { access_token: token, expires_in } = bodyOf<{ access_token: string; expires_in: number }>(
    response,
  );
  renewed.set(login, { token, expires: Date.now() + expires_in * 1000 });
  return token;
}

/** A valid token of an account: from setup, or renewed when a run outlives it. */
export function tokenOf(run: Run, account: Account): string | undefined {
  const { token, expires } = renewed.get(account.login) ?? account;
  return Date.now() < expires - MARGIN ? token : logIn(run, account.login);
}

export function readUser(id: string): void {
  step({ method: "GET", route: "/users/{id}", id }, 200);
}

/** @returns the post's id if it was created */
export function writePost(token: string): string | undefined {
  const content = `Written under load at ${new Date().toISOString()}.`;
  const response = step({ method: "POST", route: "/posts/", body: { content }, token }, 201);
  return response.status === 201 ? bodyOf<{ id: string }>(response).id : undefined;
}

export function readPost(id: string): void {
  step({ method: "GET", route: "/posts/{id}", id }, 200);
}

export function listPosts(userId: string): void {
  step({ method: "GET", route: "/users/{id}/posts", id: userId }, 200);
}

export function editPost(id: string, token: string): void {
  const body = { content: "Edited under load." };
  step({ method: "PUT", route: "/posts/{id}", id, body, token }, 200);
}

export function deletePost(id: string, token: string): void {
  step({ method: "DELETE", route: "/posts/{id}", id, token }, 200);
}

/** Deletes the user that this VU registered last; any other would leave a gap in the numbers. */
export function deleteUser(id: string, token: string): void {
  const { status } = step({ method: "DELETE", route: "/users/{id}", id, token }, 200);
  if (status === 200) registered -= 1;
}

function step(call: Call, status: number): Response {
  const response = send(call);
  check(response, { [`${call.method} ${call.route} is ${status}`]: (r) => r.status === status });
  return response;
}
