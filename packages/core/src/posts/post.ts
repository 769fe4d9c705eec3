import { type Static, Type } from "@sinclair/typebox";
import { Id, TEXT, Timestamp } from "../text.ts";

/**
 * What the author of a post chooses. A field added here is validated, stored, returned and documented;
 * make it optional, because posts that exist do not have it.
 */
const fields = {
  content: Type.String({
    minLength: 1,
    maxLength: 10_000,
    pattern: TEXT,
    format: "text",
    description: "Any text",
    examples: ["Hello, world"],
  }),
};

export const Post = Type.Object(
  {
    id: Id("The post's id"),
    user_id: Id("Who wrote it"),
    ...fields,
    date: Timestamp("When it was written"),
    last_update: Timestamp("When its content last changed"),
  },
  { $id: "Post", description: "A post" },
);
/** Something that a user wrote. */
export type Post = Static<typeof Post>;

export const PostChange = Type.Object(fields, {
  $id: "PostChange",
  additionalProperties: false,
  description: "New content for a post",
});
/** Input to replace what the author chose. */
export type PostChange = Static<typeof PostChange>;

/** Input to write a post. */
export type PostInput = Pick<Post, "user_id"> & PostChange;

/** A post's place among its user's posts. */
export type PostPosition = Pick<Post, "id" | "date">;
