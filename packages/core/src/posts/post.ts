/** Something a user wrote. */
export interface Post {
  /** UUIDv7, given by us. */
  id: string;
  /** Who wrote it. */
  user_id: string;
  /** Any text of 1–10,000 characters. */
  content: string;
  /** When it was written, ISO 8601 in UTC with milliseconds. */
  date: string;
  /** When its content last changed, likewise; the same as `date` at first. */
  last_update: string;
}

/** Where a post stands among the posts of its user. */
export type PostPosition = Pick<Post, "id" | "date">;
