/** What clients ask for on an ordinary day, and what each request costs a process. */
import type { Measured } from "../../common/measured.ts";

/** A kind of request. */
export interface Kind {
  /** Share of all requests. */
  share: number;
  /** CPU time on the event loop, in seconds. */
  cpu: number;
  /** CPU time on a thread for passwords, in seconds; 0: none is hashed. */
  hashing: number;
  /** Calls of the database, one after the other. */
  calls: number;
}

/**
 * Visits by their weights, as in `load/lib/visits.ts`, and the requests of each. Changing and deleting
 * a post is taken to cost what writing one does, logging in what registering does.
 */
export const VISITS = {
  browse: { weight: 70, requests: ["GET user", "GET posts of a user", "GET post"] },
  write: { weight: 20, requests: ["POST post", "POST post", "GET post", "POST post"] },
  signIn: { weight: 6, requests: ["password"] },
  signUp: { weight: 2, requests: ["password"] },
  look: { weight: 2, requests: ["GET post"] },
} as const;

const CALLS: Record<string, number> = { "POST post": 2 };

/** The kinds of the everyday mix. */
export function everyday({ cpu, hashing }: Measured): Kind[] {
  const counts = new Map<string, number>();
  for (const { weight, requests } of Object.values(VISITS))
    for (const request of requests) counts.set(request, (counts.get(request) ?? 0) + weight);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts].map(([request, count]) => ({
    share: count / total,
    cpu: cpu(request === "password" ? "POST user" : request),
    hashing: request === "password" ? hashing : 0,
    calls: CALLS[request] ?? 1,
  }));
}

/** CPU time of an average request, in seconds. */
export function cpuOf(kinds: readonly Kind[]): number {
  return kinds.reduce((sum, { share, cpu, hashing }) => sum + share * (cpu + hashing), 0);
}
