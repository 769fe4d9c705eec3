/**
 * Smoke: does every route work, once through, with one user?
 *
 * Closed: one user does one thing after the other. It asks about function, not about load.
 */
import type { Options } from "k6/options";
import { type Run, setUp, tearDown } from "./lib/accounts.ts";
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
  userIn,
  writePost,
} from "./lib/flows.ts";
import { optionsOf } from "./lib/options.ts";
import { users } from "./lib/settings.ts";
import { everydayLimits, thresholds } from "./lib/thresholds.ts";

const vus = users(1);

export const options: Options = optionsOf(
  "smoke",
  { smoke: { executor: "per-vu-iterations", vus, iterations: 3, maxDuration: "2m" } },
  thresholds({
    scenario: "smoke",
    limits: { ...everydayLimits, "DELETE /users/{id}": [5000, 8000] },
    failed: 0,
  }),
);

export const setup = () => setUp({ registering: vus });
export const teardown = tearDown;

export default function smoke(run: Run): void {
  openDocs();
  const user = userIn(register(run));
  const token = user && logIn(run, user.login);
  if (!token) return;
  readUser(user.id);
  const post = writePost(token);
  if (post) {
    readPost(post);
    editPost(post, token);
    listPosts(user.id);
    deletePost(post, token);
  }
  deleteUser(user.id, token);
}
