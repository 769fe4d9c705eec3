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

/** Looks at somebody's posts and opens one. */
export function browse({ accounts }: Run): void {
  const account = anyOf(accounts);
  readUser(account.id);
  listPosts(account.id);
  readPost(anyOf(account.posts));
}

/** Writes a post, corrects it, looks at it and thinks better of it. */
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

/** Registers, logs in and deletes what was registered. */
export function comeAndGo(run: Run): void {
  const user = userIn(register(run));
  const token = user && logIn(run, user.login);
  if (token) deleteUser(user.id, token);
}

export function look(): void {
  openDocs();
}

/** An ordinary day: mostly reading, some writing, and passwords where they cannot be avoided. */
export const everyday: Mix = [
  [70, browse],
  [20, write],
  [6, signIn],
  [2, signUp],
  [2, look],
];

/** One visit, of a kind that the weights choose. */
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

/** The account of this VU, so that no login is used by all at once, which the API takes for guessing. */
function own({ accounts }: Run): Account {
  return accounts[exec.vu.idInTest % accounts.length] as Account;
}

function anyOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
