/**
 * What setup hands on: to the VUs, and to teardown, which gets nothing else. No VU can tell it what it
 * registered, so logins follow a pattern, by which `removal.ts` finds them again.
 */

/** What setup hands to the VUs and to teardown. */
export interface Run {
  id: string;
  /** Of all users of the run. */
  password: string;
  /** VUs that may register users, numbered from 1. */
  registering: number;
  /** Users that are there from the start. */
  accounts: Account[];
}

export interface Account {
  id: string;
  login: string;
  token: string;
  /** Until when the token is good, in milliseconds since the epoch. */
  expires: number;
  /** Posts of theirs that stay. */
  posts: string[];
}

/** The login of a user that a VU registers; each VU numbers its own from 0 without a gap. */
export function loginOf(run: Pick<Run, "id">, vu: number, number: number): string {
  return `load-${run.id}-${vu}-${number}`;
}
