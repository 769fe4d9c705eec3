import { type Static, Type } from "@sinclair/typebox";
import { Id, ref, TEXT, Timestamp } from "./text.ts";

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
      Id("Who writes it: by default, and at most, the token's user; required with API_AUTH=open"),
    ),
    content: Content,
  },
  {
    $id: "PostInput",
    additionalProperties: false,
    description: "A post to be",
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
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: "The `cursor` of the next page; null at the end",
    }),
  },
  { $id: "PostPage", description: "A page of posts" },
);

export const PostParams = Type.Object({ id: Id("The post's id") });

/** Posts on a page unless asked for otherwise. */
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
      Type.String({ maxLength: 300, description: "`next_cursor` of the page before" }),
    ),
  },
  { additionalProperties: false },
);
