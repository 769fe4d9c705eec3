import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LoginLimits } from "../src/limits/login-limits.ts";
import { newLogin, type Person, register, startApi } from "./support/api.ts";

const FAILURES = 3;
const env = { LOGIN_FAILURES: String(FAILURES), TRUST_PROXY: "127.0.0.1" };
const { call } = await startApi({ env });

describe("failed logins", () => {
  it("beyond the limit are answered 429 with Retry-After, until one more is allowed", async () => {
    const ada = await register({ call });
    expect(await failures(ada, FAILURES)).toEqual([401, 401, 401]);
    const answer = await logIn(ada);
    expect(answer.statusCode).toBe(429);
    const seconds = Number(answer.headers["retry-after"]);
    // A third of a quarter of an hour: three attempts are allowed in that time.
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(5 * 60);
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
    ["192.0.2.201:49152", "192.0.2.201:50000", "192.0.2.202:49152"],
    ["192.0.2.203:80", "192.0.2.203", "192.0.2.204"],
    ["[2001:db8:0:b::1]:443", "2001:db8:0:b::2", "[2001:db8:0:c::1]:443"],
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

describe("failures of others", () => {
  it("behind a shared address leave in who has logged in from there before", async () => {
    const [ada, bob] = [await register({ call }), await register({ call })];
    const shared = "192.0.2.44";
    expect((await logIn(ada, ada.password, shared)).statusCode).toBe(200);
    await spray(shared);
    expect((await logIn(ada, ada.password, shared)).statusCode).toBe(200);
    const refused = await logIn(bob, bob.password, shared);
    expect(refused.statusCode).toBe(429);
    // A thirtieth of a quarter of an hour, not all of it.
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(30);
  });

  it("at one login from many addresses are slowed, but lock its owner out of no known address", async () => {
    const ada = await register({ call });
    const home = "198.51.100.200";
    expect((await logIn(ada, ada.password, home)).statusCode).toBe(200);
    const guess = (i: number) => logIn(ada, "not the password", `203.0.113.${i}`);
    const statuses: number[] = [];
    for (let i = 1; i <= FAILURES * 10 + 5; i++) statuses.push((await guess(i)).statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(FAILURES * 10);
    expect(statuses.slice(-5)).toEqual(Array(5).fill(429));
    expect((await logIn(ada, ada.password, home)).statusCode).toBe(200);
  });

  it("are known again in another process, and by a login's owner alone", async () => {
    const other = await startApi({ env });
    const [ada, bob] = [await register({ call }), await register({ call })];
    const shared = "192.0.2.45";
    expect((await logIn(ada, ada.password, shared)).statusCode).toBe(200);
    await spray(shared, other.call);
    expect((await logIn(ada, ada.password, shared, other.call)).statusCode).toBe(200);
    expect((await logIn(bob, bob.password, shared, other.call)).statusCode).toBe(429);
  });

  it("of a whole site of IPv6 count together, ten times as many as of a /64", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const limits = new LoginLimits(FAILURES);
    const fail = (i: number, address: string) =>
      limits.attempt({ ...who, login: `login ${i}`, address }, async () => undefined);
    for (let i = 0; i < FAILURES * 100; i++) await fail(i, `2001:db8:77:${i.toString(16)}::1`);
    await expect(fail(1000, "2001:db8:77:ffff::1")).rejects.toThrow(/Too many failed logins/);
    await expect(fail(1001, "2001:db8:78::1")).resolves.toBeUndefined();
  });
});

describe("the current password of a change", () => {
  it("cannot be guessed with a stolen token, nor can logins be asked for", async () => {
    const [ada, bob] = [await register({ call }), await register({ call })];
    const guess = (fields: object) => {
      const body = { name: "Eve", login: ada.login, password: "a new password", ...fields };
      return call("PUT", `/users/${ada.id}`, { body, token: ada.token });
    };
    expect((await guess({ current_password: "a guess at it" })).statusCode).toBe(403);
    const taken = { login: bob.login, password: ada.password };
    for (let i = 1; i < FAILURES; i++) expect((await guess(taken)).statusCode).toBe(409);
    expect((await guess({ current_password: "another guess" })).statusCode).toBe(429);
    expect((await guess({ current_password: ada.password })).statusCode).toBe(429);
  });

  it("cannot be guessed from many addresses, while its owner may change it from a known one", async () => {
    const ada = await register({ call });
    const home = "198.51.100.201";
    expect((await logIn(ada, ada.password, home)).statusCode).toBe(200);
    const change = async (address: string, fields: object) => {
      const body = { name: "Eve", login: ada.login, password: "a new password", ...fields };
      const headers = { "x-forwarded-for": address };
      const { statusCode } = await call("PUT", `/users/${ada.id}`, {
        ...{ body, headers },
        token: ada.token,
      });
      return statusCode;
    };
    const statuses: number[] = [];
    for (let i = 1; i <= FAILURES * 10 + 5; i++)
      statuses.push(await change(`203.0.113.${i}`, { current_password: "a guess at it" }));
    expect(statuses.filter((status) => status === 403)).toHaveLength(FAILURES * 10);
    expect(statuses.slice(-5)).toEqual(Array(5).fill(429));
    expect(await change("203.0.113.250", { current_password: ada.password })).toBe(429);
    expect(await change(home, { current_password: ada.password })).toBe(200);
  });
});

describe("what is remembered", () => {
  it("are the failures that count, however many logins are tried", async () => {
    const limits = new LoginLimits(1);
    const attempt = (login: string, run: () => Promise<string | undefined>) =>
      limits.attempt({ ...who, login }, run).catch(() => {});
    for (let i = 0; i < 100; i++) await attempt(`right${i}`, async () => "ada");
    for (let i = 0; i < 100; i++)
      await attempt(`away${i}`, () => Promise.reject(new Error("away")));
    expect(limits.size).toBe(0);
    for (let i = 0; i < 100; i++) await attempt(`wrong${i}`, async () => undefined);
    // Ten failures, by pair and by login, plus their address; the other 90 were refused.
    expect(limits.size).toBe(21);
  });
});

describe("attempts of one client", () => {
  it("never take all places in the queue, so that others can log in meanwhile", async () => {
    const limits = new LoginLimits(1_000_000);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const attempt = (i: number) => limits.attempt({ ...who, login: `ada${i}` }, () => promise);
    const all = Array.from({ length: 40 }, (_, i) => attempt(i));
    const refused = all.slice(32).map((each) => expect(each).rejects.toThrow(/at once/));
    await Promise.all(refused);
    const other = { ...who, address: "192.0.2.2" };
    await expect(limits.attempt(other, async () => "bob")).resolves.toBe("bob");
    resolve(undefined);
    await Promise.all(all.slice(0, 32));
    await expect(attempt(1)).resolves.toBeUndefined();
  });
});

describe("an attempt that could not be made", () => {
  it("is forgiven in full, however many were refused while it ran", async () => {
    const limits = new LoginLimits(1);
    const { promise, reject } = Promise.withResolvers<undefined>();
    const attempt = (run: () => Promise<undefined>) => limits.attempt(who, run);
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
      await expect(limits.attempt(who, away)).rejects.toThrow("away");
    }
    const wrong = async () => undefined;
    await expect(limits.attempt(who, wrong)).resolves.toBeUndefined();
    await expect(limits.attempt(who, wrong)).rejects.toThrow(/Too many/);
  });
});

const who = { login: "ada", address: "192.0.2.1", isKnown: async () => false };

/** Fails at so many logins that the address has used up its allowance. */
async function spray(address: string, to = call): Promise<void> {
  const tries = Array.from({ length: FAILURES * 10 }, () =>
    logIn({ login: newLogin() }, "not the password", address, to),
  );
  for (const { statusCode } of await Promise.all(tries)) expect(statusCode).toBe(401);
}

type Who = Pick<Person, "login"> & Partial<Person>;

function logIn(who: Who, password = who.password, address?: string, to = call) {
  const body = { login: who.login, password };
  const headers = address ? { "x-forwarded-for": address } : {};
  return to("POST", "/sessions", { body, headers });
}

async function failures(who: Who, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) {
    statuses.push((await logIn(who, "not the password")).statusCode);
  }
  return statuses;
}
