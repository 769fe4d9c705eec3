import { type Static, Type } from "@sinclair/typebox";
import { Id, NextCursor, ref, TEXT, Timestamp } from "./text.ts";

const Content = Type.String({
  minLength: 1,
  maxLength: 10_000,
  pattern: TEXT,
  format: "text",
  description: "Any text",
  examples: ["Hello, world"],
});

export const Post = Type.Object(
  {
    id: Id("The post's id"),
    user_id: Id("Who wrote it"),
    content: Content,
    date: Timestamp("When it was written"),
    last_update: Timestamp("When its content last changed"),
  },
  { $id: "Post", description: "A post" },
);
export type Post = Static<typeof Post>;

export const PostInput = Type.Object(
  {
    user_id: Type.Optional(
      Id(
        "The author. Defaults to the token's user, and may be nobody else; required with API_AUTH=open",
      ),
    ),
    content: Content,
  },
  {
    $id: "PostInput",
    additionalProperties: false,
    description: "A new post",
    examples: [{ content: "Hello, world" }],
  },
);

export const PostChange = Type.Object(
  { content: Content },
  { $id: "PostChange", additionalProperties: false, description: "New content for a post" },
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
