import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldLogin, LOGIN_PATTERN } from "../../src/users/user.ts";

const pattern = new RegExp(LOGIN_PATTERN);
const unicodePattern = new RegExp(LOGIN_PATTERN, "u");
const letterOrDigit = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const allowed = [...letterOrDigit, ..."._-+@"];

const login = fc
  .tuple(
    fc.constantFrom(...letterOrDigit),
    fc.string({ unit: fc.constantFrom(...allowed), minLength: 2, maxLength: 63 }),
  )
  .map(([first, rest]) => first + rest);

describe("LOGIN_PATTERN", () => {
  test("takes every text of 3–64 allowed characters that begins with a letter or a digit", () => {
    fc.assert(fc.property(login, (text) => pattern.test(text) && unicodePattern.test(text)));
  });

  test.each(["ab", `a${"b".repeat(64)}`, ".ada", "-ada", "+ada", "@ada", "_ada", "", "ada\n"])(
    "refuses %j",
    (text) => {
      expect(pattern.test(text)).toBe(false);
    },
  );

  test("refuses a login with any other character in it", () => {
    const other = fc.nat(0x10_ff_ff).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(login, other, fc.nat(62), (text, character, place) => {
        fc.pre(!allowed.includes(character));
        const broken = text.slice(0, place % text.length) + character + text;
        expect(pattern.test(broken.slice(0, 64))).toBe(false);
      }),
    );
  });

  test("judges any text as the words of its documentation do", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => {
        const characters = [...text];
        const expected =
          characters.length >= 3 &&
          characters.length <= 64 &&
          letterOrDigit.includes(characters[0] as string) &&
          characters.every((character) => allowed.includes(character));
        expect(pattern.test(text)).toBe(expected);
      }),
    );
  });
});

describe("foldLogin", () => {
  test("is the same for every spelling of a login in upper and lower case", () => {
    fc.assert(
      fc.property(login, fc.infiniteStream(fc.boolean()), (text, upper) => {
        const spelling = [...text]
          .map((c) => (upper.next().value ? c.toUpperCase() : c.toLowerCase()))
          .join("");
        expect(foldLogin(spelling)).toBe(foldLogin(text));
      }),
    );
  });

  test("makes a login of a login, and folds it no further", () => {
    fc.assert(
      fc.property(login, (text) => {
        const folded = foldLogin(text);
        return pattern.test(folded) && foldLogin(folded) === folded;
      }),
    );
  });

  test("keeps apart what differs in more than case", () => {
    fc.assert(
      fc.property(login, login, (one, other) => {
        const same = one.localeCompare(other, "en", { sensitivity: "accent" }) === 0;
        expect(foldLogin(one) === foldLogin(other)).toBe(same);
      }),
    );
  });
});
