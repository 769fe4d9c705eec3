import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { TURNED_AWAY } from "../src/log-filters.ts";
import { type Answer, newLogin, register, startApi } from "./support/api.ts";

const QUEUE_OF_TWO = { PASSWORD_CONCURRENCY: "1", PASSWORD_QUEUE: "2" };
const REAL_COST = { passwordCost: { memory: 19_456, passes: 2, parallelism: 1 } };
const queueOfTwo = await startApi({ env: QUEUE_OF_TWO, ...REAL_COST });
const ORIGIN = "https://app.example.com";
const impatient = await startApi({ env: { OVERLOAD_DELAY_MS: "200", CORS_ORIGIN: ORIGIN } });
const firstAnswer = await answerWhileStarting();

describe("passwords beyond the queue", () => {
  const { call } = queueOfTwo;

  it("of registrations are answered 429 with Retry-After, while the others are hashed", async () => {
    const register = () => {
      const body = { name: "Ada", login: newLogin(), password: "correct horse battery" };
      return call("POST", "/users/", { body });
    };
    const answers = await Promise.all(Array.from({ length: 30 }, register));
    const [served, refused] = [withStatus(201, answers), withStatus(429, answers)];
    expect(served.length).toBeGreaterThanOrEqual(3);
    expect(refused.length).toBeGreaterThan(0);
    expect(served.length + refused.length).toBe(answers.length);
    expect(refused[0]?.headers["retry-after"]).toBe("1");
    expect((await register()).statusCode).toBe(201);
  });

  it("of logins, too: no 5xx, by which an alarm would take a good version back", async () => {
    const body = { login: newLogin(), password: "correct horse battery" };
    const logIn = () => call("POST", "/sessions", { body });
    const answers = await Promise.all(Array.from({ length: 9 }, logIn));
    const refused = withStatus(429, answers);
    expect(withStatus(401, answers).length + refused.length).toBe(answers.length);
    expect(refused.map(({ headers }) => headers["retry-after"])).toContain("1");
    expect(refused[0]?.json().detail).toMatch(/^Too many passwords are being checked at once/);
    // They did not count as failed logins.
    expect((await logIn()).statusCode).toBe(401);
  });

  it("of changes of passwords likewise", async () => {
    const { id, login, password, token } = await register(queueOfTwo);
    const body = { name: "Ada", login, password, current_password: password };
    const change = () => call("PUT", `/users/${id}`, { body, token });
    const answers = await Promise.all(Array.from({ length: 9 }, change));
    const refused = withStatus(429, answers).length;
    expect(refused).toBeGreaterThan(0);
    expect(withStatus(200, answers).length + refused).toBe(answers.length);
  });

  it("are each a line of the log, which an alarm counts; who had more than their share is none", async () => {
    const api = await startApi({ env: { ...QUEUE_OF_TWO, LOGIN_FAILURES: "1" }, ...REAL_COST });
    const body = { login: newLogin(), password: "correct horse battery" };
    const logIn = () => api.call("POST", "/sessions", { body });
    expect((await logIn()).statusCode).toBe(401);
    expect((await logIn()).statusCode).toBe(429);
    const said = () => api.log.filter(({ msg }) => TURNED_AWAY === `{ $.msg = "${msg}" }`);
    expect(said()).toHaveLength(0);
    const register = () =>
      api.call("POST", "/users/", { body: { name: "Ada", ...body, login: newLogin() } });
    const answers = await Promise.all(Array.from({ length: 9 }, register));
    expect(said()).toHaveLength(withStatus(429, answers).length);
    expect(said()[0]).toMatchObject({ level: "warn", reason: expect.stringContaining("at once") });
  });
});

describe("a busy event loop", () => {
  const { call } = impatient;

  it("turns requests away with 503 and Retry-After, but answers the probes", async () => {
    const answers = await whileBusy(() => Promise.all(PATHS.map((path) => call("GET", path))));
    const [page, ...probes] = answers;
    expect(page?.statusCode).toBe(503);
    expect(page?.headers["retry-after"]).toBe("1");
    expect(probes.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });

  it("lets pages read that, and ask before they ask", async () => {
    const headers = { origin: ORIGIN, "access-control-request-method": "PUT" };
    const [refused, preflight] = await whileBusy(() =>
      Promise.all([
        call("GET", "/nowhere", { headers: { origin: ORIGIN } }),
        call("OPTIONS", "/posts/", { headers }),
      ]),
    );
    expect(refused?.statusCode).toBe(503);
    expect(preflight?.statusCode).toBe(204);
    for (const answer of [refused, preflight])
      expect(answer?.headers).toMatchObject({
        "access-control-allow-origin": ORIGIN,
        "x-content-type-options": "nosniff",
      });
  });

  it("is over when it is over", async () => {
    const status = async () => (await call("GET", "/nowhere")).statusCode;
    await expect.poll(status).toBe(404);
  });

  it("of a process that has just started turns nobody away", () => {
    expect(firstAnswer.statusCode).toBe(404);
  });

  /** The first is shed, the others never. */
  const PATHS = ["/nowhere", "/", "/health/live", "/health/ready"];

  /** Blocks the loop until a request is shed; the lag is only measured now and then. */
  async function whileBusy(ask: () => Promise<Answer[]>): Promise<Answer[]> {
    for (let round = 0; ; round++) {
      blockLoop(400);
      await setImmediate();
      const answers = await ask();
      if (answers[0]?.statusCode === 503 || round === 20) return answers;
    }
  }
});

/** A process's answer within 2 seconds of its start, during which its loop is busy. */
async function answerWhileStarting(): Promise<Answer> {
  for (;;) {
    const began = performance.now();
    const { call } = await startApi({ env: { OVERLOAD_DELAY_MS: "1" } });
    blockLoop(1100);
    // Lets its timers run, which notices the lag.
    await sleep(10);
    const answer = await call("GET", "/nowhere");
    // On a busy machine the answer may come later and then proves nothing.
    if (performance.now() - began < 2000) return answer;
  }
}

function blockLoop(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

function withStatus(status: number, answers: Answer[]): Answer[] {
  return answers.filter(({ statusCode }) => statusCode === status);
}
