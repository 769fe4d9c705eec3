import { afterEach, describe, expect, it, vi } from "vitest";
import { TOKEN_LIFETIME, Tokens } from "../src/tokens.ts";

const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];

const owner = (id: string) => ({ id, epoch: "7" });

afterEach(() => void vi.useRealTimers());

describe("tokens", () => {
  it("name the user they were made for", () => {
    const tokens = new Tokens({ value: one });
    expect(tokens.verify(tokens.sign(owner("ada")))).toEqual(owner("ada"));
    expect(tokens.verify(tokens.sign(owner("eve")))).toEqual(owner("eve"));
  });

  it("end after an hour, also when they were seen before", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const tokens = new Tokens({ value: one });
    const token = tokens.sign(owner("ada"));
    vi.setSystemTime(Date.now() + (TOKEN_LIFETIME - 1) * 1000);
    expect(tokens.verify(token)).toEqual(owner("ada"));
    vi.setSystemTime(Date.now() + 2000);
    expect(tokens.verify(token)).toBeUndefined();
  });

  it("are good also when more are in use than are remembered", () => {
    const tokens = new Tokens({ value: one });
    const all = Array.from({ length: 1500 }, (_, i) => tokens.sign(owner(`user ${i}`)));
    for (const _time of ["first", "second"]) {
      expect(all.map((token) => tokens.verify(token))).toEqual(
        all.map((_, i) => owner(`user ${i}`)),
      );
    }
  });

  it.each([
    ["previous", { value: two, previous: one, next: three }],
    ["next", { value: three, previous: two, next: one }],
  ])("of the %s key are good, and new ones are not made with it", (_name, secret) => {
    const [old, tokens] = [new Tokens({ value: one }), new Tokens(secret)];
    expect(tokens.verify(old.sign(owner("ada")))).toEqual(owner("ada"));
    expect(old.verify(tokens.sign(owner("ada")))).toBeUndefined();
  });

  it("that were changed are refused, also when the right one was seen before", () => {
    const tokens = new Tokens({ value: one });
    const token = tokens.sign(owner("ada"));
    expect(tokens.verify(token)).toEqual(owner("ada"));
    const [header, payload, signature = ""] = token.split(".");
    const other = tokens.sign(owner("eve")).split(".")[1];
    for (const forged of [
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.slice(1)}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}`,
      "",
    ]) {
      expect(tokens.verify(forged)).toBeUndefined();
    }
  });
});
