/** (j) As (c), by Elysia on Bun. `PORT` says where it listens. */
import { readLink } from "@steadfast/core";
import { Elysia, t } from "elysia";
import { verify } from "hono/jwt";
import { libDynamoDb as store } from "../peers/lib-dynamodb.ts";
import { newPost, newUser, shown } from "../peers/store.ts";

const secret = readLink("TokenSecret", "value");
const noUser = { message: "There is no such user." };

new Elysia()
  .onAfterResponse(({ request, set }) => console.info(request.method, request.url, set.status))
  .get("/users/:id", async ({ params, status }) => {
    const user = await store.user(params.id);
    return user ? shown(user) : status(404, noUser);
  })
  .get(
    "/posts/:id",
    async ({ params, status }) =>
      (await store.post(params.id)) ?? status(404, { message: "There is no such post." }),
  )
  .get("/users/:id/posts", async ({ params, status }) => {
    if (!(await store.user(params.id))) return status(404, noUser);
    const { items, more } = await store.posts(params.id);
    return { items, next_cursor: more ? (items.at(-1)?.id ?? null) : null };
  })
  .post(
    "/posts/",
    async ({ body, headers, status }) => {
      const token = headers.authorization?.slice("Bearer ".length) ?? "";
      const known = await verify(token, secret, "HS256").catch(() => undefined);
      if (!known) return status(401, { message: "Log in first." });
      if (!(await store.user(body.user_id, true))) return status(404, noUser);
      const post = newPost(body.user_id, body.content);
      await store.putPost(post);
      return status(201, post);
    },
    { body: t.Object({ content: t.String(), user_id: t.String() }) },
  )
  .post(
    "/users/",
    async ({ body, status }) => {
      const user = newUser(body.name, body.login);
      await store.createUser(user);
      return status(201, shown(user));
    },
    { body: t.Object({ name: t.String(), login: t.String(), password: t.String() }) },
  )
  .listen({ hostname: "127.0.0.1", port: Number(process.env.PORT) });
