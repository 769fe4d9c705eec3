/** What a peer's routes need of the database; each library implements it as its readme does. */
import { randomUUID } from "node:crypto";
import { readLink } from "@steadfast/core";

export interface User {
  id: string;
  name: string;
  login: string;
}

export interface Post {
  id: string;
  user_id: string;
  content: string;
  date: string;
  last_update: string;
}

export interface Store {
  /** @param consistent who has just registered is there, too */
  user(id: string, consistent?: boolean): Promise<User | undefined>;
  post(id: string): Promise<Post | undefined>;
  /** The newest posts of a user, twenty at most. */
  posts(user: string): Promise<{ items: Post[]; more: boolean }>;
  putPost(post: Post): Promise<void>;
  /** Writes a user and their login together. @throws when the login is taken */
  createUser(user: User & { password: string; created: string }): Promise<void>;
}

/** How many posts a page has. */
export const PAGE = 20;

/** The tables' names. */
export const TABLES = {
  Users: readLink("Users", "name"),
  Logins: readLink("Logins", "name"),
  Posts: readLink("Posts", "name"),
};

/** A post that is about to be written. */
export function newPost(user_id: string, content: string): Post {
  const date = new Date().toISOString();
  return { id: randomUUID(), user_id, content, date, last_update: date };
}

/** A user that is about to be written. Passwords are not hashed; the bench reports that cost apart. */
export function newUser(name: string, login: string) {
  const created = new Date().toISOString();
  return { id: randomUUID(), name, login, password: "not hashed here", created };
}

/** What may be seen of a user. */
export function shown({ id, name, login }: User): User {
  return { id, name, login };
}
