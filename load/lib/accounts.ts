/** The users that a run creates before its load begins. */
import { randomBytes } from "k6/crypto";
import exec from "k6/execution";
import { bodyOf } from "./client.ts";
import { inParallel, range } from "./parallel.ts";
import { HASHED_AT_ONCE, logIn, persist, signUp } from "./persistent.ts";
import { removeRegistered } from "./removal.ts";
import { type Account, loginOf, type Run } from "./run.ts";
import { checkTarget } from "./target.ts";

export interface Population {
  /** Users to create before the load begins. */
  accounts?: number;
  /** VUs that may register users during the load. */
  registering?: number;
}

/** VU number of setup; k6 counts VUs from 1. */
const SETUP = 0;
const POSTS = 5;

/**
 * Checks the target and creates the users of a run. If that fails, it ends the test with one line
 * and leaves nothing behind.
 */
export async function setUp(population: Population): Promise<Run | undefined> {
  try {
    await checkTarget();
    return await populate(population);
  } catch (error) {
    // An error from an asynchronous setup would print a stack; this prints one line.
    exec.test.abort((error as Error).message);
    return undefined;
  }
}

async function populate({ accounts = 0, registering = 0 }: Population): Promise<Run> {
  const run: Run = { id: hex(6), password: hex(12), registering, accounts: [] };
  try {
    run.accounts = await inParallel(range(accounts), HASHED_AT_ONCE, (number) => open(run, number));
  } catch (error) {
    await removeRegistered(run, [SETUP]);
    throw error;
  }
  return run;
}

async function open(run: Run, number: number): Promise<Account> {
  const login = loginOf(run, SETUP, number);
  await signUp(run, login);
  const session = await logIn(run, login);
  if (!session) throw new Error(`${login} was registered and cannot log in.`);
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

function hex(bytes: number): string {
  const numbers = [...new Uint8Array(randomBytes(bytes))];
  return numbers.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
