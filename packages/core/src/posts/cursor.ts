import type { PostPosition } from "./post.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * An opaque cursor: the place in a user's posts after which the next page starts.
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
 * Reads a cursor for one user's list. The cursor never decides whose list is read: a forged one can
 * only start elsewhere in the same list.
 *
 * @returns `undefined` for an invalid cursor or another user's
 */
export function decodeCursor(userId: string, cursor: string): PostPosition | undefined {
  const [owner, id = "", date = "", ...rest] = Buffer.from(cursor, "base64url")
    .toString()
    .split(" ");
  if (owner !== userId || rest.length > 0 || !UUID.test(id) || !DATE.test(date)) return undefined;
  // Decoding is lenient; accept only what we would encode.
  return encodeCursor(userId, { id, date }) === cursor ? { id, date } : undefined;
}
