import { readLink } from "@steadfast/core";
import { Hono } from "hono";
import { jwt } from "hono/jwt";
import { logger } from "hono/logger";
import { newPost, newUser, type Store, shown } from "./store.ts";

/** The routes by Hono. */
export function honoApp(store: Store): Hono {
  const app = new Hono();
  const noUser = { message: "There is no such user." };
  app.use(logger());
  app.use("/posts/", jwt({ secret: readLink("TokenSecret", "value"), alg: "HS256" }));

  app.get("/users/:id", async (context) => {
    const user = await store.user(context.req.param("id"));
    return user ? context.json(shown(user)) : context.json(noUser, 404);
  });

  app.get("/posts/:id", async (context) => {
    const post = await store.post(context.req.param("id"));
    return post ? context.json(post) : context.json({ message: "There is no such post." }, 404);
  });

  app.get("/users/:id/posts", async (context) => {
    const id = context.req.param("id");
    if (!(await store.user(id))) return context.json(noUser, 404);
    const { items, more } = await store.posts(id);
    return context.json({ items, next_cursor: more ? items.at(-1)?.id : null });
  });

  app.post("/posts/", async (context) => {
    const { content, user_id } = await context.req.json<{ content: string; user_id: string }>();
    if (!(await store.user(user_id, true))) return context.json(noUser, 404);
    const post = newPost(user_id, content);
    await store.putPost(post);
    return context.json(post, 201);
  });

  app.post("/users/", async (context) => {
    const { name, login } = await context.req.json<{ name: string; login: string }>();
    const user = newUser(name, login);
    await store.createUser(user);
    return context.json(shown(user), 201);
  });
  return app;
}
