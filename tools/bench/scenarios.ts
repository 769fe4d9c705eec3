import type { Request } from "autocannon";
import type { Data } from "./data.ts";

/** A kind of request that is measured. */
export interface Scenario {
  name: string;
  requests: (data: Data) => Request[];
}

/** A kind by its name. @throws if there is none */
export function scenario(name: string): Scenario {
  const found = scenarios.find((one) => one.name === name);
  if (!found) throw new Error(`There is no scenario "${name}".`);
  return found;
}

const json = { "content-type": "application/json" };

/** Some of many, so that requests are many things' and yet not too many to build. */
const some = <T>(all: T[]) => all.filter((_, i) => i % Math.ceil(all.length / 1000) === 0);

/** By Zipf's law: the nth is there a nth as often as the first, which is a tenth of all. */
const zipf = <T>(all: T[]) =>
  all.flatMap((each, i) => Array<T>(Math.ceil(all.length / (i + 1))).fill(each));

export const scenarios: Scenario[] = [
  {
    name: "GET user",
    requests: ({ users }) => users.map((id) => ({ method: "GET", path: `/users/${id}` })),
  },
  {
    name: "GET post",
    requests: ({ posts }) => some(posts).map((id) => ({ method: "GET", path: `/posts/${id}` })),
  },
  {
    name: "GET posts of a user",
    requests: ({ users }) => users.map((id) => ({ method: "GET", path: `/users/${id}/posts` })),
  },
  {
    name: "GET posts of popular users",
    requests: ({ users }) =>
      zipf(users).map((id) => ({ method: "GET", path: `/users/${id}/posts` })),
  },
  {
    name: "GET posts of one user",
    requests: ({ users }) => [{ method: "GET", path: `/users/${users[0]}/posts` }],
  },
  {
    name: "POST post",
    requests: ({ authors }) =>
      authors.map(({ user_id, access_token }) => ({
        method: "POST",
        path: "/posts/",
        headers: { ...json, authorization: `Bearer ${access_token}` },
        body: JSON.stringify({ user_id, content: "x".repeat(200) }),
      })),
  },
  {
    name: "POST user",
    requests: () => [
      {
        method: "POST",
        path: "/users/",
        headers: json,
        body: '{"name":"Ada Lovelace","login":"u[<id>]","password":"correct horse battery"}',
      },
    ],
  },
];
