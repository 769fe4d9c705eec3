import { randomUUIDv7 } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { Database } from "../dynamodb/database.ts";
import { DomainError } from "../errors.ts";
import type { Removals } from "../removals/removals.ts";
import { type Actor, ANYBODY, checkEpoch, checkIdentity } from "../users/actor.ts";
import { getUser } from "../users/requests.ts";
import type { UserItem } from "../users/user.ts";
import { PostPage } from "./page.ts";
import { Post, type PostChange, type PostInput, type PostPosition } from "./post.ts";
import * as requests from "./requests.ts";

export interface PostsOptions {
  database: Database;
  /** Users whose posts must be hidden. */
  removals: Removals;
}

const FIELDS = Object.keys(Post.properties);

/**
 * Posts and their authors. No post outlives its user: {@link Posts.create} takes its post back when
 * the user is gone, and a removed user's posts are hidden until they are swept (see {@link
 * Removals}).
 *
 * Every method throws a {@link DomainError} `throttled` or `unavailable` when the database cannot
 * serve it.
 */
export class Posts {
  readonly #database: Database;
  readonly #removals: Removals;

  constructor({ database, removals }: PostsOptions) {
    this.#database = database;
    this.#removals = removals;
  }

  /**
   * Writes a post, then checks with a strongly consistent read that its user still exists. In this
   * order either this call or the user's removal sees the other, however they interleave. The same
   * read checks the token.
   * @param actor the author
   * @throws DomainError `not_found` when there is no such user; `forbidden`; `unauthenticated`
   */
  async create({ user_id, ...fields }: PostInput, actor: Actor): Promise<Post> {
    checkIdentity(actor, user_id);
    const { tables } = this.#database;
    const deadline = this.#database.deadline();
    const date = new Date().toISOString();
    const post = { id: randomUUIDv7(), user_id, ...fields, date, last_update: date };
    let user: UserItem | undefined;
    try {
      await this.#database.write(requests.createPost(tables, post), deadline);
      user = await this.#database.get<UserItem>(getUser(tables, user_id, true), deadline);
    } catch (error) {
      // The client learns of the failure now. In the background, try to leave no post behind: a
      // write without an answer may have been executed.
      this.#discard(post.id).catch(() => {});
      throw error;
    }
    try {
      if (!user) throw noUser(user_id);
      checkEpoch(actor, user);
    } catch (refusal) {
      await this.#discard(post.id);
      throw refusal;
    }
    return post;
  }

  /**
   * Reads a post; a miss is read again with strong consistency (see {@link Users.get}).
   * @throws DomainError `not_found`, also when its user was removed
   */
  async get(id: string): Promise<Post> {
    const pending = this.#removals.pending();
    const [post, removed] =
      pending instanceof Promise
        ? await Promise.all([this.#read(id), pending])
        : [await this.#read(id), pending];
    if (!post || removed.has(post.user_id)) throw noPost(id);
    return post;
  }

  /**
   * Replaces what the author of a post chose, and sets `last_update`.
   * @param actor must own the post
   * @throws DomainError `not_found`; `forbidden` when it is somebody else's; `unauthenticated`
   */
  async update(id: string, change: PostChange, actor: Actor): Promise<Post> {
    await this.#checkActor(id, actor);
    const now = new Date().toISOString();
    const request = requests.updatePost(this.#database.tables, { id, actor }, change, now);
    const post = await explained(id, this.#database.update<Post>(request));
    // An owner is already known to exist.
    if (actor === ANYBODY && (await this.#removals.pending()).has(post.user_id)) throw noPost(id);
    return post;
  }

  /**
   * Removes a post.
   * @param actor must own the post
   * @throws DomainError `not_found`; `forbidden` when it is somebody else's; `unauthenticated`
   */
  async remove(id: string, actor: Actor): Promise<void> {
    await this.#checkActor(id, actor);
    const request = requests.removePost(this.#database.tables, { id, actor });
    await explained(id, this.#database.delete(request));
  }

  /**
   * Reads a page of a user's posts, newest first. A page of very long posts may hold fewer than
   * `limit`; only `next` says whether there are more. A post proves that its user exists; the user is
   * read only when the page is empty.
   * @param limit 1–100
   * @throws DomainError `not_found` when there is no such user
   */
  async listByUser(
    userId: string,
    { limit, after }: { limit: number; after?: PostPosition | undefined },
  ): Promise<PostPage> {
    // One more than asked for, to know whether this is the last page.
    const { tables } = this.#database;
    const request = requests.listPosts(tables, userId, limit + 1, after);
    const deadline = this.#database.deadline();
    const pending = this.#removals.pending();
    const query = this.#database.queryText(request, FIELDS, deadline);
    const [{ items, lastKey }, removed] =
      pending instanceof Promise ? await Promise.all([query, pending]) : [await query, pending];
    if (removed.has(userId)) throw noUser(userId);
    if (items.length === 0 && !(await this.#database.get(getUser(tables, userId, true), deadline)))
      throw noUser(userId);
    const more = items.length > limit || lastKey !== undefined;
    return new PostPage(items, Math.min(items.length, limit), more);
  }

  async #read(id: string): Promise<Post | undefined> {
    const { tables } = this.#database;
    const deadline = this.#database.deadline();
    return (
      (await this.#database.get<Post>(requests.getPost(tables, id, false), deadline)) ??
      (await this.#database.get<Post>(requests.getPost(tables, id, true), deadline))
    );
  }

  /** Reads the token's user, which the following write would not. */
  async #checkActor(postId: string, actor: Actor): Promise<void> {
    if (actor === ANYBODY) return;
    const request = getUser(this.#database.tables, actor.id, true);
    const user = await this.#database.get<UserItem>(request);
    // A removed user has no posts; any that are left are being swept.
    if (!user) throw noPost(postId);
    checkEpoch(actor, user);
  }

  /** With its own deadline: that of the failed creation may have passed. */
  #discard(id: string): Promise<void> {
    return this.#database.write(requests.discardPost(this.#database.tables, id));
  }
}

/** Explains why the condition of a {@link requests.PostKey} failed. */
async function explained<T>(id: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (!error.Item) throw noPost(id);
    throw new DomainError("forbidden", `The post ${id} belongs to another user.`);
  }
}

function noUser(id: string): DomainError {
  return new DomainError("not_found", `There is no user ${id}.`, { field: "user_id" });
}

function noPost(id: string): DomainError {
  return new DomainError("not_found", `There is no post ${id}.`);
}
