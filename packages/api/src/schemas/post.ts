import { Type } from "@sinclair/typebox";
import { Id, Post, PostChange } from "@steadfast/core";
import { NextCursor, ref } from "./common.ts";

export const PostInput = Type.Object(
  {
    user_id: Type.Optional(
      Id(
        "The author. Defaults to the token's user, and may be nobody else; required with API_AUTH=open",
      ),
    ),
    ...PostChange.properties,
  },
  {
    $id: "PostInput",
    additionalProperties: false,
    description: "A new post",
    examples: [{ content: "Hello, world" }],
  },
);

export const PostPage = Type.Object(
  {
    items: Type.Array(ref(Post), { description: "Posts, newest first" }),
    next_cursor: NextCursor,
  },
  { $id: "PostPage", description: "A page of posts" },
);

export const PostParams = Type.Object({ id: Id("The post's id") });

/** Default page size. */
export const DEFAULT_LIMIT = 20;

export const PageQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: DEFAULT_LIMIT,
        description: "Posts on a page, at most",
      }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 300, description: "The `next_cursor` of the previous page" }),
    ),
  },
  { additionalProperties: false },
);
