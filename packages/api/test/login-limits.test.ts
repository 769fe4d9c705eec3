import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LoginLimits } from "../src/login-limits.ts";
import { newLogin, type Person, register, startApi } from "./support/api.ts";

const FAILURES = 3;
const env = { LOGIN_FAILURES: String(FAILURES), TRUST_PROXY: "127.0.0.1" };
const { call } = await startApi({ env });

describe("failed logins", () => {
  it("beyond the limit are answered 429 with Retry-After, even with the right password", async () => {
    const ada = await register({ call });
    expect(await failures(ada, FAILURES)).toEqual([401, 401, 401]);
    const answer = await logIn(ada);
    expect(answer.statusCode).toBe(429);
    const seconds = Number(answer.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(14 * 60);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
  });

  it("count for a login whatever its case", async () => {
    const ada = await register({ call });
    await failures(ada, FAILURES);
    expect((await logIn({ ...ada, login: ada.login.toUpperCase() })).statusCode).toBe(429);
  });

  it("touch neither another login, nor the same login from another address", async () => {
    const [ada, bob] = [await register({ call }), await register({ call })];
    await failures(ada, FAILURES + 1);
    expect((await logIn(bob)).statusCode).toBe(200);
    expect((await logIn(ada, ada.password, "192.0.2.7")).statusCode).toBe(200);
  });

  it("are forgiven by a success", async () => {
    const ada = await register({ call });
    for (let round = 0; round < 3; round++) {
      expect(await failures(ada, FAILURES - 1)).toEqual([401, 401]);
      expect((await logIn(ada)).statusCode).toBe(200);
    }
  });

  it("that run at the same time do not slip through", async () => {
    const ada = await register({ call });
    const all = Array.from({ length: 12 }, () => logIn(ada, "not the password"));
    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(FAILURES);
    expect(statuses.filter((status) => status === 429)).toHaveLength(12 - FAILURES);
  });

  it("count per address over many logins, ten times as many", async () => {
    const address = "192.0.2.99";
    const tries = Array.from({ length: FAILURES * 10 + 1 }, () =>
      logIn({ login: newLogin() }, "not the password", address),
    );
    const statuses = (await Promise.all(tries)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  it("that were refused do not count, so that one login does not lock out its address", async () => {
    const [ada, bob] = [await register({ call }), await register({ call })];
    const address = "192.0.2.8";
    for (let i = 0; i < FAILURES * 20; i++) await logIn(ada, "not the password", address);
    expect((await logIn(ada, ada.password, address)).statusCode).toBe(429);
    expect((await logIn(bob, bob.password, address)).statusCode).toBe(200);
  });

  it.each([
    ["2001:db8:0:7::1", "2001:0db8:0:7:ffff:1:2:3", "2001:db8:0:8::1"],
    ["::ffff:198.51.100.1", "198.51.100.1", "::ffff:198.51.100.2"],
    ["0:0:0:0:0:FFFF:c633:640b", "::ffff:198.51.100.11", "198.51.100.12"],
    ["fe80::1%eth0", "fe80::2", "fe80:0:0:1::1"],
    ["not-an-address", "not-an-address", "another"],
  ])("of %s count for %s as well, but not for %s", async (address, same, other) => {
    const ada = await register({ call });
    for (let i = 0; i < FAILURES; i++) await logIn(ada, "not the password", address);
    expect((await logIn(ada, ada.password, same)).statusCode).toBe(429);
    expect((await logIn(ada, ada.password, other)).statusCode).toBe(200);
  });

  it("of many addresses of a /64 count together over many logins", async () => {
    const tries = Array.from({ length: FAILURES * 10 + 1 }, (_, i) =>
      logIn({ login: newLogin() }, "not the password", `2001:db8:0:9::${i.toString(16)}`),
    );
    const statuses = (await Promise.all(tries)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  it("of an address that is no trusted proxy's to tell count for the connection", async () => {
    const ada = await register({ call });
    const headers = (i: number) => ({ "x-forwarded-for": `192.0.2.${i}` });
    const answers = [];
    for (let i = 0; i <= FAILURES; i++) {
      const body = { login: ada.login, password: "not the password" };
      const remoteAddress = "203.0.113.1";
      answers.push(await call("POST", "/sessions", { body, headers: headers(i), remoteAddress }));
    }
    expect(answers.at(-1)?.statusCode).toBe(429);
  });
});

describe("what is remembered", () => {
  it("are the failures that count, however many logins are tried", async () => {
    // The limiter has a timer for each key that it remembers.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const limits = new LoginLimits(1);
    const attempt = (login: string, outcome: () => Promise<string | undefined>) =>
      limits.attempt(login, "192.0.2.1", outcome).catch(() => {});
    for (let i = 0; i < 100; i++) await attempt(`right${i}`, async () => "ada");
    for (let i = 0; i < 100; i++)
      await attempt(`away${i}`, () => Promise.reject(new Error("away")));
    expect(vi.getTimerCount()).toBe(0);
    for (let i = 0; i < 100; i++) await attempt(`wrong${i}`, async () => undefined);
    // Ten failures and their address; the other 90 were refused.
    expect(vi.getTimerCount()).toBe(11);
  });
});

describe("an attempt that could not be made", () => {
  it("is forgiven in full, however many were refused while it ran", async () => {
    const limits = new LoginLimits(1);
    const { promise, reject } = Promise.withResolvers<undefined>();
    const attempt = (run: () => Promise<undefined>) => limits.attempt("ada", "192.0.2.1", run);
    const failing = attempt(() => promise);
    for (let i = 0; i < 3; i++) await expect(attempt(async () => undefined)).rejects.toThrow();
    reject(new Error("away"));
    await expect(failing).rejects.toThrow("away");
    await expect(attempt(async () => undefined)).resolves.toBeUndefined();
  });

  it("does not count", async () => {
    const limits = new LoginLimits(1);
    const away = () => Promise.reject(new Error("away"));
    for (let i = 0; i < 5; i++) {
      await expect(limits.attempt("ada", "192.0.2.1", away)).rejects.toThrow("away");
    }
    const wrong = async () => undefined;
    await expect(limits.attempt("ada", "192.0.2.1", wrong)).resolves.toBeUndefined();
    await expect(limits.attempt("ada", "192.0.2.1", wrong)).rejects.toThrow(/Too many/);
  });
});

type Who = Pick<Person, "login"> & Partial<Person>;

function logIn(who: Who, password = who.password, address?: string) {
  const body = { login: who.login, password };
  const headers = address ? { "x-forwarded-for": address } : {};
  return call("POST", "/sessions", { body, headers });
}

async function failures(who: Who, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) {
    statuses.push((await logIn(who, "not the password")).statusCode);
  }
  return statuses;
}
