import type { PostPosition } from "./post.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * An opaque cursor: the place in a user's list of posts after which the next page starts.
 *
 * @example
 * ```ts
 * decodeCursor("u1", encodeCursor("u1", { id, date })); // { id, date }
 * decodeCursor("u2", encodeCursor("u1", { id, date })); // undefined: another user's list
 * ```
 */
export function encodeCursor(userId: string, { id, date }: PostPosition): string {
  return Buffer.from(`${userId} ${id} ${date}`).toString("base64url");
}

/**
 * Reads a cursor for the list of one user. Whose list is read never depends on the cursor: a forged
 * one can at most start elsewhere in the same list.
 *
 * @returns `undefined` when it is no cursor, or one for another user's list
 */
export function decodeCursor(userId: string, cursor: string): PostPosition | undefined {
  const [owner, id = "", date = "", ...rest] = Buffer.from(cursor, "base64url")
    .toString()
    .split(" ");
  if (owner !== userId || rest.length > 0 || !UUID.test(id) || !DATE.test(date)) return undefined;
  // Decoding is lenient; only what we would write ourselves is taken.
  return encodeCursor(userId, { id, date }) === cursor ? { id, date } : undefined;
}
