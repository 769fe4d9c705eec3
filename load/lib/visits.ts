import exec from "k6/execution";
import {
  deletePost,
  deleteUser,
  editPost,
  listPosts,
  logIn,
  openDocs,
  readPost,
  readUser,
  register,
  tokenOf,
  userIn,
  writePost,
} from "./flows.ts";
import type { Account, Run } from "./run.ts";

/** Kinds of visits and their weights. */
export type Mix = readonly (readonly [weight: number, visit: (run: Run) => void])[];

/** Reads somebody's posts and opens one. */
export function browse({ accounts }: Run): void {
  const account = anyOf(accounts);
  readUser(account.id);
  listPosts(account.id);
  readPost(anyOf(account.posts));
}

/** Writes a post, edits it, reads it and deletes it. */
export function write(run: Run): void {
  const token = tokenOf(run, own(run));
  const post = token && writePost(token);
  if (!post) return;
  editPost(post, token);
  readPost(post);
  deletePost(post, token);
}

export function signIn(run: Run): void {
  logIn(run, own(run).login);
}

export function signUp(run: Run): void {
  register(run);
}

/** Registers, logs in and deletes the user. */
export function comeAndGo(run: Run): void {
  const user = userIn(register(run));
  const token = user && logIn(run, user.login);
  if (token) deleteUser(user.id, token);
}

export function look(): void {
  openDocs();
}

/** An ordinary day: mostly reading, some writing, and few passwords. */
export const everyday: Mix = [
  [70, browse],
  [20, write],
  [6, signIn],
  [2, signUp],
  [2, look],
];

/** One visit, chosen by weight. */
export function visit(mix: Mix, run: Run): void {
  const total = mix.reduce((sum, [weight]) => sum + weight, 0);
  let dice = Math.random() * total;
  for (const [weight, kind] of mix) {
    dice -= weight;
    if (dice < 0) {
      kind(run);
      return;
    }
  }
}

/** This VU's own account: if all used the same login, the API would suspect guessing. */
function own({ accounts }: Run): Account {
  return accounts[exec.vu.idInTest % accounts.length] as Account;
}

function anyOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
