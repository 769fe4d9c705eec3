import { argon2, argon2Sync, randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_PARAMETERS, Passwords } from "../../src/passwords/passwords.ts";
import { parsePhc } from "../../src/passwords/phc.ts";
import { CHEAP, makeCore, newcomer } from "../support/core.ts";

// Counts hashes and can hold them back.
vi.mock("node:crypto", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:crypto")>();
  return { ...original, argon2: vi.fn(original.argon2) };
});
const computed = vi.mocked(argon2);

beforeEach(() => {
  computed.mockClear();
});

describe("Argon2id of node:crypto", () => {
  test("computes the test vector of RFC 9106, section 5.3", () => {
    const tag = argon2Sync("argon2id", {
      message: Buffer.alloc(32, 0x01),
      nonce: Buffer.alloc(16, 0x02),
      secret: Buffer.alloc(8, 0x03),
      associatedData: Buffer.alloc(12, 0x04),
      memory: 32,
      passes: 3,
      parallelism: 4,
      tagLength: 32,
    });
    expect(tag.toString("hex")).toBe(
      "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
    );
  });
});

describe("a password", () => {
  const passwords = new Passwords({ parameters: CHEAP });

  test("is verified against its hash, and no other password is", async () => {
    const stored = await passwords.hash("correct horse");
    expect(await passwords.verify("correct horse", stored)).toBe(true);
    for (const wrong of ["Correct horse", "correct horse ", "", "correct"]) {
      expect(await passwords.verify(wrong, stored)).toBe(false);
    }
  });

  test("is verified against a hash that the reference implementation made", async () => {
    // $ printf password | argon2 somesalt -id -t 2 -m 16 -p 1 (m = 65,536 KiB)
    const stored =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await passwords.verify("password", stored)).toBe(true);
    expect(await passwords.verify("passworD", stored)).toBe(false);
  });

  test("has another hash each time, because of its salt", async () => {
    const [one, other] = await Promise.all([passwords.hash("same"), passwords.hash("same")]);
    expect(one).not.toBe(other);
    expect(parsePhc(one).salt).not.toEqual(parsePhc(other).salt);
  });

  test("is hashed with 19 MiB and 2 passes unless told otherwise", async () => {
    expect(DEFAULT_PARAMETERS).toEqual({ memory: 19 * 1024, passes: 2, parallelism: 1 });
    const stored = await new Passwords().hash("correct horse");
    expect(stored).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  test("is the same however its accents were typed", async () => {
    const composed = "Zo\u00eb\u212b"; // ë, and the Ångström sign
    const decomposed = "Zoe\u0308A\u030a";
    expect(await passwords.verify(decomposed, await passwords.hash(composed))).toBe(true);
    expect(await passwords.verify(composed, await passwords.hash(decomposed))).toBe(true);
    expect(await passwords.verify("Zoe", await passwords.hash(composed))).toBe(false);
  });

  test("is never right without a stored hash", async () => {
    expect(await passwords.verify("anything", undefined)).toBe(false);
  });

  test("can be verified with other parameters than today's, which makes its hash outdated", async () => {
    const stored = await passwords.hash("correct horse");
    expect(passwords.isOutdated(stored)).toBe(false);
    for (const change of [{ memory: 16 }, { passes: 2 }, { parallelism: 2, memory: 16 }]) {
      const today = new Passwords({ parameters: { ...CHEAP, ...change } });
      expect(await today.verify("correct horse", stored)).toBe(true);
      expect(today.isOutdated(stored)).toBe(true);
    }
  });
});

describe("an unknown login", () => {
  test("costs one hash with today's parameters, as a wrong password does", async () => {
    const { users } = makeCore();
    const input = newcomer();
    await users.create(input);
    const costs = [];
    for (const login of [`nobody-${randomUUIDv7()}`, input.login]) {
      computed.mockClear();
      expect(await users.verify(login, "wrong horse")).toBeUndefined();
      costs.push(
        computed.mock.calls.map(([, { memory, passes, parallelism, tagLength }]) => {
          return { memory, passes, parallelism, tagLength };
        }),
      );
    }
    expect(costs[0]).toEqual([{ ...CHEAP, tagLength: 32 }]);
    expect(costs[1]).toEqual(costs[0]);
  });

  test("asks the database as often as a known one", async () => {
    const { users, database } = makeCore();
    const input = newcomer();
    await users.create(input);
    const get = vi.spyOn(database, "get");
    await users.verify(input.login, "wrong horse");
    const known = get.mock.calls.map(([request]) => request.TableName);
    get.mockClear();
    await users.verify(`nobody-${randomUUIDv7()}`, "wrong horse");
    expect(get.mock.calls.map(([request]) => request.TableName)).toEqual(known);
  });
});

describe("a burst of passwords", () => {
  let release: (() => void)[] = [];

  beforeEach(() => {
    release = [];
    computed.mockImplementation((_algorithm, _parameters, callback) => {
      release.push(() => callback(null, Buffer.alloc(32)));
    });
  });
  afterEach(async () => {
    const { argon2: original } = await vi.importActual<typeof import("node:crypto")>("node:crypto");
    computed.mockImplementation(original);
  });

  /** Lets the microtasks run that start what waits. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test("is hashed a few at a time; what the queue does not hold is turned away at once", async () => {
    const passwords = new Passwords({ parameters: CHEAP, concurrency: 2, queue: 3 });
    const hashes = Array.from({ length: 7 }, () => passwords.hash("correct horse"));
    const refused = await Promise.allSettled(hashes.slice(5));
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { kind: "limited" } });
    }
    let done = 0;
    while (done < 5) {
      await turn();
      expect(release.length).toBe(Math.min(2, 5 - done));
      release.shift()?.();
      done++;
    }
    expect(await Promise.all(hashes.slice(0, 5))).toHaveLength(5);
  });

  test("leaves room again when it is over", async () => {
    const passwords = new Passwords({ parameters: CHEAP, concurrency: 1, queue: 0 });
    const first = passwords.hash("correct horse");
    await expect(passwords.hash("correct horse")).rejects.toMatchObject({ kind: "limited" });
    await turn();
    release.shift()?.();
    await first;
    const second = passwords.hash("correct horse");
    await turn();
    release.shift()?.();
    expect(await second).toMatch(/^\$argon2id\$/);
  });

  test("throttles verifications, of known and unknown logins alike, and fails nothing else", async () => {
    const stored = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";
    const passwords = new Passwords({ parameters: CHEAP, concurrency: 1, queue: 0 });
    const running = passwords.hash("correct horse");
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    for (const hash of [stored, undefined]) {
      await expect(passwords.verify("x", hash)).rejects.toMatchObject({ kind: "limited" });
    }
    await turn();
    release.shift()?.();
    await running;
    await turn();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
