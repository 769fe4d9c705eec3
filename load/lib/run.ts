/**
 * What setup passes to the VUs and to teardown, which gets nothing else. VUs cannot report what they
 * registered, so logins follow a pattern by which `removal.ts` finds them.
 */

/** What setup passes to the VUs and to teardown. */
export interface Run {
  id: string;
  /** Password of all users of the run. */
  password: string;
  /** VUs that may register users, numbered from 1. */
  registering: number;
  /** Users that exist from the start. */
  accounts: Account[];
}

export interface Account {
  id: string;
  login: string;
  token: string;
  /** Expiry of the token, in milliseconds since the epoch. */
  expires: number;
  /** Their permanent posts. */
  posts: string[];
}

/** Login of a user that a VU registers; each VU numbers its own from 0 without a gap. */
export function loginOf(run: Pick<Run, "id">, vu: number, number: number): string {
  return `load-${run.id}-${vu}-${number}`;
}
