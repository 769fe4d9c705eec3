/**
 * Deletes what a run created. Each VU numbers its logins without a gap (see `run.ts`), and
 * registering counts them: a login that is taken was created by the run. Failed log-ins would tell
 * as well, but the API locks an address out after a hundred of them.
 */
import { countOf, inParallel, range } from "./parallel.ts";
import { logIn, persist, signUp } from "./persistent.ts";
import { loginOf, type Run } from "./run.ts";

/** Enough to keep the API's hashing threads busy, and few, so that most start with a good guess. */
const COUNTED_AT_ONCE = 8;
/**
 * A deletion waits for a second and costs almost nothing, unlike the log-in before it, so many more
 * may run at once.
 */
const DELETED_AT_ONCE = 400;
/** Milliseconds between progress lines. */
const REPORT_INTERVAL = 5000;

/** Deletes all users of a run and their posts. @throws one line when some remain */
export async function tearDown(run: Run | undefined): Promise<void> {
  // Setup ended the test.
  if (!run) return;
  const vus = range(run.registering).map((index) => index + 1);
  const prepared = run.accounts.map(({ login }) => login);
  await remove(run, [...prepared, ...(await registered(run, vus))]);
}

/** Deletes what some VUs registered. @throws one line when some remain */
export async function removeRegistered(run: Run, vus: number[]): Promise<void> {
  await remove(run, await registered(run, vus));
}

/** Logins that VUs registered, and those that probing registered. */
async function registered(run: Run, vus: number[]): Promise<string[]> {
  // VUs register about equally many: one's count is a good guess for the next.
  let guess = 0;
  const byVu = await inParallel(vus, COUNTED_AT_ONCE, async (vu) => {
    const asked: string[] = [];
    const exists = async (number: number) => {
      const login = loginOf(run, vu, number);
      const free = await signUp(run, login);
      if (free) asked.push(login);
      return !free;
    };
    const count = await countOf(exists, guess);
    guess = count;
    return [...range(count).map((number) => loginOf(run, vu, number)), ...asked];
  });
  return byVu.flat();
}

async function remove(run: Run, logins: string[]): Promise<void> {
  const report = progressOf(logins.length);
  const problems = await inParallel(logins, DELETED_AT_ONCE, async (login) => {
    try {
      await removeUser(run, login);
      report();
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  const [first, ...more] = problems.flat();
  if (first) throw new Error(`${more.length + 1} of ${logins.length} users are left: ${first}`);
}

async function removeUser(run: Run, login: string): Promise<void> {
  const session = await logIn(run, login);
  // Already gone: by somebody else, or by an earlier try whose answer was lost.
  if (!session) return;
  const { user_id: id, access_token: token } = session;
  await persist({ method: "DELETE", route: "/users/{id}", id, token, expected: [200, 404] });
}

/** @returns a function to call for each finished item, which reports progress now and then */
function progressOf(total: number): () => void {
  const started = Date.now();
  let [done, said] = [0, started];
  return () => {
    done += 1;
    const now = Date.now();
    if (now - said < REPORT_INTERVAL || done === total) return;
    said = now;
    const left = Math.ceil(((now - started) / done) * ((total - done) / 1000));
    console.info(`Deleting what the run made: ${done} of ${total} users, about ${left} s to go.`);
  };
}
