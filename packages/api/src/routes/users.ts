import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  DomainError,
  decodeCursor,
  encodeCursor,
  type Posts,
  User,
  UserChange,
  UserInput,
  type Users,
} from "@steadfast/core";
import type { LoginLimits } from "../limits/login-limits.ts";
import { networksOf } from "../limits/networks.ts";
import type { RegistrationLimits } from "../limits/registration-limits.ts";
import { actorOf } from "../plugins/auth.ts";
import { wrongFields } from "../problems.ts";
import { Message, ref } from "../schemas/common.ts";
import { DEFAULT_LIMIT, PageQuery, PostPage } from "../schemas/post.ts";
import { problems } from "../schemas/problem.ts";
import { UserParams } from "../schemas/user.ts";

export interface UsersOptions {
  users: Users;
  posts: Posts;
  loginLimits: LoginLimits;
  registrationLimits: RegistrationLimits;
}

export const usersRoutes: FastifyPluginAsyncTypebox<UsersOptions> = async (
  app,
  { users, posts, loginLimits, registrationLimits },
) => {
  app.post(
    "/users/",
    {
      schema: {
        operationId: "createUser",
        tags: ["Users"],
        summary: "Register a user",
        description: "Logins are unique, whatever their case. The password never comes back.",
        security: [],
        body: ref(UserInput),
        response: {
          201: {
            ...ref(User),
            description: "The user",
            headers: { Location: { type: "string", description: "Where the user is" } },
          },
          ...problems(400, 409, 413, 415, 429),
        },
      },
    },
    async (request, reply) => {
      const user = await registrationLimits.attempt(request.ip, () => users.create(request.body));
      return reply.code(201).header("location", `/users/${user.id}`).send(user);
    },
  );

  app.get(
    "/users/:id",
    {
      schema: {
        operationId: "getUser",
        tags: ["Users"],
        summary: "Read a user",
        description: "The answer has the login only when the token is the user's own.",
        security: [],
        params: UserParams,
        response: { 200: ref(User), ...problems(400, 404) },
      },
    },
    (request) => users.get(request.params.id, app.readerOf(request)),
  );

  app.put(
    "/users/:id",
    {
      schema: {
        operationId: "replaceUser",
        tags: ["Users"],
        summary: "Replace a user's name, login and password",
        description:
          "A new login or password requires the current password and invalidates all tokens of the user: " +
          "log in again. With API_AUTH=open neither is required.",
        security: [{ bearer: [] }],
        params: UserParams,
        body: ref(UserChange),
        response: { 200: ref(User), ...problems(400, 401, 403, 404, 409, 413, 415, 429) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const actor = actorOf(request);
      // A stolen token must not allow guessing the password, or probing for logins.
      const address = request.ip;
      const isKnown = () => users.isUserKnown(id, networksOf(address).client);
      const who = { login: id, address, isKnown };
      const update = () => users.update(id, request.body, actor);
      return loginLimits.attempt(who, update, isGuess);
    },
  );

  app.delete(
    "/users/:id",
    {
      schema: {
        operationId: "deleteUser",
        tags: ["Users"],
        summary: "Remove a user and all their posts",
        description:
          "Answers after a second or two, when the user can neither log in nor be read, and none of " +
          "their posts is shown any more; the posts are deleted in the background.",
        security: [{ bearer: [] }],
        params: UserParams,
        response: { 200: ref(Message), ...problems(400, 401, 403, 404, 413, 415, 429) },
      },
    },
    async (request) => {
      await users.remove(request.params.id, actorOf(request));
      return { message: "User deleted." };
    },
  );

  app.get(
    "/users/:id/posts",
    {
      schema: {
        operationId: "listPostsOfUser",
        tags: ["Users"],
        summary: "List a user's posts, newest first",
        description: "Paged: pass `next_cursor` as `cursor` to get the next page.",
        security: [],
        params: UserParams,
        querystring: PageQuery,
        response: { 200: ref(PostPage), ...problems(400, 404) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      const after = cursor === undefined ? undefined : readCursor(id, cursor);
      const page = await posts.listByUser(id, { limit, after });
      const next = page.next ? `"${encodeCursor(id, page.next)}"` : "null";
      // The posts are JSON already; making objects of them and text again doubles this route's garbage.
      reply.type("application/json; charset=utf-8");
      const parts = [Buffer.from('{"items":['), page.json, Buffer.from(`],"next_cursor":${next}}`)];
      return reply.send(Buffer.concat(parts) as never);
    },
  );
};

/** Whether a failed change may be an attempt to guess. */
function isGuess(error: unknown): boolean {
  return (
    error instanceof DomainError && (error.field === "current_password" || error.field === "login")
  );
}

function readCursor(userId: string, cursor: string) {
  const position = decodeCursor(userId, cursor);
  if (position) return position;
  const detail = "is not a next_cursor of this list";
  throw wrongFields({ in: "query", pointer: "#/cursor", detail });
}
