import jwt from "@fastify/jwt";
import { readLink } from "@steadfast/core";
import fastify from "fastify";
import { announce } from "../servers/sample.ts";
import { newPost, newUser, type Store, shown } from "./store.ts";

/** Serves the routes by Fastify. */
export async function serveFastify(store: Store): Promise<void> {
  const app = fastify({ logger: true });
  app.register(jwt, { secret: readLink("TokenSecret", "value") });
  const noUser = { message: "There is no such user." };

  app.get<{ Params: { id: string } }>("/users/:id", async ({ params }, reply) => {
    const user = await store.user(params.id);
    return user ? shown(user) : reply.code(404).send(noUser);
  });

  app.get<{ Params: { id: string } }>("/posts/:id", async ({ params }, reply) => {
    const post = await store.post(params.id);
    return post ?? reply.code(404).send({ message: "There is no such post." });
  });

  app.get<{ Params: { id: string } }>("/users/:id/posts", async ({ params }, reply) => {
    if (!(await store.user(params.id))) return reply.code(404).send(noUser);
    const { items, more } = await store.posts(params.id);
    return { items, next_cursor: more ? items.at(-1)?.id : null };
  });

  app.post<{ Body: { content: string; user_id: string } }>("/posts/", async (request, reply) => {
    await request.jwtVerify();
    const { content, user_id } = request.body;
    if (!(await store.user(user_id, true))) return reply.code(404).send(noUser);
    const post = newPost(user_id, content);
    await store.putPost(post);
    return reply.code(201).send(post);
  });

  app.post<{ Body: { name: string; login: string } }>("/users/", async (request, reply) => {
    const user = newUser(request.body.name, request.body.login);
    await store.createUser(user);
    return reply.code(201).send(shown(user));
  });

  await app.listen({ host: "127.0.0.1", port: 0 });
  announce(app.server);
}
