import { randomUUID } from "node:crypto";
import type { RouteOptions } from "fastify";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { actorOf, auth } from "../src/plugins/auth.ts";
import { problems } from "../src/plugins/problems.ts";
import { linkedTokenSecret } from "../src/tokens.ts";
import { register, startApi } from "./support/api.ts";
import { collectRoutes } from "./support/routes.ts";

const routes = collectRoutes();
const api = await startApi();
const [refused, real] = [true, false].map((is) =>
  routes.filter(({ config }) => (config?.refused ?? false) === is),
) as [RouteOptions[], RouteOptions[]];
const changing = real
  .flatMap(({ method, url }) => [method].flat().map((name) => ({ method: name, url })))
  .filter(({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method));

/** Changes without a token: registering and logging in. */
const OPEN = ["POST /users/", "POST /sessions"];
const closed = changing.filter(({ method, url }) => !OPEN.includes(`${method} ${url}`));

describe("every route that changes something", () => {
  it("is found, and the open ones are these", () => {
    expect(closed.length).toBeGreaterThanOrEqual(5);
    const names = changing.map(({ method, url }) => `${method} ${url}`);
    expect(names).toEqual(expect.arrayContaining(OPEN));
  });

  it.each(refused)("$url does nothing by $method", async ({ method, url }) => {
    for (const name of [method].flat()) {
      const answer = await api.app.inject({ method: name as "PUT", url: url.replace("*", "x") });
      expect(answer.statusCode).toBe(405);
    }
  });

  it.each(closed)("$method $url asks for a token before it looks at anything", async (route) => {
    const answer = await request(route, randomUUID());
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="steadfast"');
  });

  it.each(closed)("$method $url refuses a token that is not good", async (route) => {
    const answer = await request(route, randomUUID(), `${(await register(api)).token}x`);
    expect(answer.statusCode).toBe(401);
  });

  it.each(closed.filter(({ url }) => url.startsWith("/users/:id")))(
    "$method $url refuses another user's token",
    async (route) => {
      const [ada, eve] = [await register(api), await register(api)];
      const answer = await request(route, ada.id, eve.token);
      expect(answer.statusCode).toBe(403);
    },
  );
});

describe("a route that does not say who may use it", () => {
  const build = async (mode: "owner" | "open") => {
    const app = fastify();
    await app.register(problems);
    await app.register(auth, { mode, secret: linkedTokenSecret(), writes: 600 });
    app.post("/forgotten", (request) => ({ actor: typeof actorOf(request) }));
    app.post("/open", { schema: { security: [] } }, (request) => actorOf(request));
    app.get("/read", (request) => actorOf(request));
    return app;
  };

  it("is closed when it changes something", async () => {
    const app = await build("owner");
    expect((await app.inject({ method: "POST", url: "/forgotten" })).statusCode).toBe(401);
    const authorization = `Bearer ${app.tokens.sign({ id: randomUUID(), epoch: "0" })}`;
    const answer = await app.inject({
      method: "POST",
      url: "/forgotten",
      headers: { authorization },
    });
    expect(answer.json()).toEqual({ actor: "object" });
  });

  it.each(["owner", "open"] as const)(
    "fails, and changes nothing, when it acts for somebody without having asked (%s)",
    async (mode) => {
      const app = await build(mode);
      expect((await app.inject({ method: "POST", url: "/open" })).statusCode).toBe(500);
      expect((await app.inject("/read")).statusCode).toBe(500);
    },
  );

  it("is open to anybody by an explicit value with API_AUTH=open", async () => {
    const app = await build("open");
    const answer = await app.inject({ method: "POST", url: "/forgotten" });
    expect(answer.json()).toEqual({ actor: "symbol" });
  });
});

/** With a body that every route accepts, as far as it reads one. */
function request({ method, url }: { method: string; url: string }, id: string, token?: string) {
  const change = { name: "Eve", login: "eve-was-here", password: "a password of eve" };
  return api.app.inject({
    method: method as "POST",
    url: url.replace(":id", id),
    headers: { ...(token && { authorization: `Bearer ${token}` }) },
    ...(method === "PUT" && { payload: url.startsWith("/users") ? change : { content: "x" } }),
  });
}
