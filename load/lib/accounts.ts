/**
 * The users that a run makes, and how it finds them again to delete them.
 *
 * k6 gives teardown what setup returned and nothing else: no VU can tell it what it registered. So
 * logins follow a pattern, `load-<run>-<vu>-<number>`, numbered without a gap by each VU, and
 * teardown counts by registering: a login that is taken was made by the run. Failed log-ins would
 * tell as well, but the API locks an address out after a hundred of them.
 */
import { randomBytes } from "k6/crypto";
import exec from "k6/execution";
import { setTimeout } from "k6/timers";
import { bodyOf, type Call, type Response, sendAside } from "./client.ts";
import { countOf, inParallel } from "./parallel.ts";
import { checkTarget } from "./target.ts";

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

interface Session {
  access_token: string;
  expires_in: number;
  user_id: string;
}

export interface Population {
  /** Users to make before the load begins. */
  accounts?: number;
  /** VUs that may register users during the load. */
  registering?: number;
}

/** Number of the VU that stands for setup; k6 counts its own from 1. */
const SETUP = 0;
/** Below the number of passwords that the API lets wait, beyond which it says 503. */
const PARALLEL = 48;
const POSTS = 5;
/** Of a call that meets 503 or no answer; the API is given time to recover from the load. */
const ATTEMPTS = 30;

export function loginOf(run: Pick<Run, "id">, vu: number, number: number): string {
  return `load-${run.id}-${vu}-${number}`;
}

/**
 * Checks the target and makes the users of a run. When that does not work, it ends the test with one
 * line and leaves nothing.
 */
export async function setUp(population: Population): Promise<Run | undefined> {
  try {
    await checkTarget();
    return await populate(population);
  } catch (error) {
    // An error thrown by an asynchronous setup comes with a stack; this is the line alone.
    exec.test.abort((error as Error).message);
    return undefined;
  }
}

async function populate({ accounts = 0, registering = 0 }: Population): Promise<Run> {
  const run: Run = { id: hex(6), password: hex(12), registering, accounts: [] };
  try {
    run.accounts = await inParallel(range(accounts), PARALLEL, (number) => open(run, number));
  } catch (error) {
    await remove(run, await registered(run, SETUP));
    throw error;
  }
  return run;
}

/** Deletes all users of a run, and with them their posts. @throws with one line when some are left */
export async function tearDown(run: Run | undefined): Promise<void> {
  // Setup ended the test.
  if (!run) return;
  const vus = range(run.registering).map((index) => index + 1);
  const byVu = await inParallel(vus, PARALLEL, (vu) => registered(run, vu));
  await remove(run, [...run.accounts.map(({ login }) => login), ...byVu.flat()]);
}

async function open(run: Run, number: number): Promise<Account> {
  const login = loginOf(run, SETUP, number);
  const { password } = run;
  await persist({
    method: "POST",
    route: "/users/",
    body: { name: "A loading user", login, password },
    // Taken: it was made, and the answer got lost.
    expected: [201, 409],
  });
  const session = await logIn(run, login);
  const write = {
    method: "POST" as const,
    route: "/posts/",
    body: { content: "A post to read under load." },
    token: session.access_token,
    expected: [201],
  };
  const posts = await inParallel(range(POSTS), 1, () => persist(write));
  return {
    id: session.user_id,
    login,
    token: session.access_token,
    expires: Date.now() + session.expires_in * 1000,
    posts: posts.map((response) => bodyOf<{ id: string }>(response).id),
  };
}

/** Logins that a VU registered, and those that asking for them registered. */
async function registered(run: Run, vu: number): Promise<string[]> {
  const asked: string[] = [];
  const count = await countOf(async (number) => {
    const login = loginOf(run, vu, number);
    const { status } = await persist({
      method: "POST",
      route: "/users/",
      body: { name: "A counting user", login, password: run.password },
      expected: [201, 409],
    });
    if (status === 201) asked.push(login);
    return status === 409;
  });
  return [...range(count).map((number) => loginOf(run, vu, number)), ...asked];
}

async function remove(run: Run, logins: string[]): Promise<void> {
  const problems = await inParallel(logins, PARALLEL, async (login) => {
    try {
      const { user_id: id, access_token: token } = await logIn(run, login);
      await persist({ method: "DELETE", route: "/users/{id}", id, token, expected: [200, 404] });
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  const [first, ...more] = problems.flat();
  if (first) throw new Error(`${more.length + 1} of ${logins.length} users are left: ${first}`);
}

async function logIn({ password }: Run, login: string): Promise<Session> {
  const body = { login, password };
  return bodyOf(await persist({ method: "POST", route: "/sessions", body, expected: [200] }));
}

/** Sends until the answer is an expected one; the API may be busy, or come back from a restart. */
async function persist(call: Call & { expected: number[] }): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await sendAside(call);
    if (call.expected.includes(response.status)) return response;
    const again = response.status === 0 || response.status >= 500;
    if (!again || attempt === ATTEMPTS) {
      const answer = response.status || response.error;
      throw new Error(`${call.method} ${call.route} answered ${answer} ${response.body ?? ""}`);
    }
    await new Promise<void>((resolve) => void setTimeout(resolve, 1000));
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function hex(bytes: number): string {
  const numbers = [...new Uint8Array(randomBytes(bytes))];
  return numbers.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
