/**
 * (b) Fastify without a database and without a log: routes, and schemas for what goes in and out.
 * `BENCH_WAIT` makes it wait for so many milliseconds before it answers.
 */
import fastify from "fastify";
import { announce, POST, POSTS, USER } from "./sample.ts";

const app = fastify();
const wait = Number(process.env.BENCH_WAIT ?? 0);
if (wait > 0) app.addHook("preHandler", (_request, _reply, done) => void setTimeout(done, wait));
const text = { type: "string" };
const id = { type: "string", format: "uuid" };
const params = { type: "object", properties: { id } };
const user = { type: "object", properties: { id: text, name: text, login: text } };
const post = {
  type: "object",
  properties: { id: text, user_id: text, content: text, date: text, last_update: text },
};
const page = {
  type: "object",
  properties: {
    items: { type: "array", items: post },
    next_cursor: { type: "string", nullable: true },
  },
};
const userInput = {
  type: "object",
  required: ["name", "login", "password"],
  properties: { name: text, login: text, password: text },
};
const postInput = {
  type: "object",
  required: ["content"],
  properties: { user_id: id, content: text },
};

app.get("/users/:id", { schema: { params, response: { 200: user } } }, async () => USER);
app.get("/users/:id/posts", { schema: { params, response: { 200: page } } }, async () => POSTS);
app.get("/posts/:id", { schema: { params, response: { 200: post } } }, async () => POST);
app.post("/users/", { schema: { body: userInput, response: { 201: user } } }, async (_, reply) =>
  reply.code(201).send(USER),
);
app.post("/posts/", { schema: { body: postInput, response: { 201: post } } }, async (_, reply) =>
  reply.code(201).send(POST),
);
await app.listen({ host: "127.0.0.1", port: 0 });
announce(app.server);
