import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Actor, ANYBODY, Post, PostChange, type Posts } from "@steadfast/core";
import { actorOf } from "../plugins/auth.ts";
import { wrongFields } from "../problems.ts";
import { Message, ref } from "../schemas/common.ts";
import { PostInput, PostParams } from "../schemas/post.ts";
import { problems } from "../schemas/problem.ts";

export interface PostsOptions {
  posts: Posts;
}

export const postsRoutes: FastifyPluginAsyncTypebox<PostsOptions> = async (app, { posts }) => {
  app.post(
    "/posts/",
    {
      schema: {
        operationId: "createPost",
        tags: ["Posts"],
        summary: "Write a post",
        description: "The author is the token's user.",
        security: [{ bearer: [] }],
        body: ref(PostInput),
        response: {
          201: {
            ...ref(Post),
            description: "The post",
            headers: { Location: { type: "string", description: "Where the post is" } },
          },
          ...problems(400, 401, 403, 404, 413, 415, 429),
        },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { user_id = authorOf(actor), ...fields } = request.body;
      const post = await posts.create({ user_id, ...fields }, actor);
      return reply.code(201).header("location", `/posts/${post.id}`).send(post);
    },
  );

  app.get(
    "/posts/:id",
    {
      schema: {
        operationId: "getPost",
        tags: ["Posts"],
        summary: "Read a post",
        description: "Anyone may read any post.",
        security: [],
        params: PostParams,
        response: { 200: ref(Post), ...problems(400, 404) },
      },
    },
    (request) => posts.get(request.params.id),
  );

  app.put(
    "/posts/:id",
    {
      schema: {
        operationId: "replacePost",
        tags: ["Posts"],
        summary: "Change the content of a post",
        description: "Only its author may. Sets `last_update`; `date` stays.",
        security: [{ bearer: [] }],
        params: PostParams,
        body: ref(PostChange),
        response: { 200: ref(Post), ...problems(400, 401, 403, 404, 413, 415, 429) },
      },
    },
    (request) => posts.update(request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    "/posts/:id",
    {
      schema: {
        operationId: "deletePost",
        tags: ["Posts"],
        summary: "Remove a post",
        description: "Only its author may. A post that is gone already is a 404.",
        security: [{ bearer: [] }],
        params: PostParams,
        response: { 200: ref(Message), ...problems(400, 401, 403, 404, 413, 415, 429) },
      },
    },
    async (request) => {
      await posts.remove(request.params.id, actorOf(request));
      return { message: "Post deleted." };
    },
  );
};

/** The author if the body names none. */
function authorOf(actor: Actor): string {
  if (actor !== ANYBODY) return actor.id;
  throw wrongFields({ in: "body", pointer: "#/user_id", detail: "is required" });
}
