/**
 * Requests of setup and teardown: retried until they succeed, and no faster than the API accepts.
 */
import { setTimeout } from "k6/timers";
import { bodyOf, type Call, type Response, sendAside } from "./client.ts";
import { gateFor } from "./parallel.ts";

/**
 * Below the number of a client's passwords that the API queues (32), beyond which it answers 429.
 */
export const HASHED_AT_ONCE = 24;
/** Tries of a call that meets 429, 503 or no answer, which gives the API time to recover. */
const ATTEMPTS = 30;

/** Result of a log-in. */
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

/** @returns undefined when there is no such user */
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
 * Sends until an expected answer arrives; the API may be busy or restarting.
 *
 * @throws one line for any other answer, or after half a minute without one
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
