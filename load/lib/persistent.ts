/** What setup and teardown ask of the API: until it is done, and no more at once than it takes in. */
import { setTimeout } from "k6/timers";
import { bodyOf, type Call, type Response, sendAside } from "./client.ts";
import { gateFor } from "./parallel.ts";

/** Below the number of passwords of one client that the API lets wait (32), beyond which it says 429. */
export const HASHED_AT_ONCE = 24;
/** Of a call that meets 429, 503 or no answer; the API is given time to recover from the load. */
const ATTEMPTS = 30;

/** What logging in gives. */
export interface Session {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  user_id: string;
}

interface Credentials {
  password: string;
}

const hashing = gateFor(HASHED_AT_ONCE);

/** Registers a user. @returns whether the login was free */
export async function signUp({ password }: Credentials, login: string): Promise<boolean> {
  const { status } = await hashing(() =>
    persist({
      method: "POST",
      route: "/users/",
      body: { name: "A loading user", login, password },
      expected: [201, 409],
    }),
  );
  return status === 201;
}

/** @returns nothing when there is no such user */
export async function logIn(
  { password }: Credentials,
  login: string,
): Promise<Session | undefined> {
  const response = await hashing(() =>
    persist({
      method: "POST",
      route: "/sessions",
      body: { login, password },
      expected: [200, 401],
    }),
  );
  return response.status === 200 ? bodyOf(response) : undefined;
}

/**
 * Sends until the answer is an expected one; the API may be busy, or come back from a restart.
 *
 * @throws with one line when it is another one, or when there is none for half a minute
 */
export async function persist(call: Call & { expected: number[] }): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await sendAside(call);
    if (call.expected.includes(response.status)) return response;
    const again = [0, 429].includes(response.status) || response.status >= 500;
    if (!again || attempt === ATTEMPTS) {
      const answer = response.status || response.error;
      throw new Error(`${call.method} ${call.route} answered ${answer} ${response.body ?? ""}`);
    }
    await new Promise<void>((resolve) => void setTimeout(resolve, 1000));
  }
}
