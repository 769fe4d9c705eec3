import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentLine, shellAssignments, shellQuote, unitValue } from "../../src/boot/quote.ts";
import { NASTY } from "./arguments.ts";

const bash = (script: string) => execFileSync("bash", ["-c", script], { encoding: "utf8" });

/** Any text that fits into an environment: what bash and systemd can hold at all. */
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", "%", "\n", "\t", " ", "n", "x", "4"),
  }),
);

describe("shellQuote", () => {
  it("gives bash exactly the text", () => {
    // Many at once: a process each would take minutes.
    fc.assert(
      fc.property(
        fc.array(
          text.filter((each) => !each.includes("\0")),
          { maxLength: 200 },
        ),
        (texts) => {
          const words = texts.map(shellQuote).join(" ");
          expect(bash(`printf '%s\\0' x ${words}`).split("\0").slice(1, -1)).toEqual(texts);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses what no shell word can hold", () => {
    expect(() => shellQuote("a\0b")).toThrow("a shell word cannot contain a NUL character");
  });
});

describe("shellAssignments", () => {
  it("sets each variable, and runs nothing", () => {
    const values = Object.fromEntries(NASTY.map((value, index) => [`v${index}`, value]));
    const names = Object.keys(values);
    const script = `set -eu\n${shellAssignments(values)}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
    expect(bash(script).split("\0").slice(0, -1)).toEqual(NASTY);
  });
});

/**
 * Reads a line as systemd.syntax(7) and systemd.exec(5) say: quotes, C escapes, then specifiers.
 */
function read(line: string): string {
  const quoted = /^Environment="((?:[^"\\\n]|\\.)*)"$/.exec(line)?.[1];
  if (quoted === undefined) throw new Error(`not one assignment: ${line}`);
  const escapes: Record<string, string> = { n: "\n", t: "\t", "\\": "\\", '"': '"' };
  const unescaped = quoted.replaceAll(/\\(.)/g, (_, letter) => escapes[letter] ?? `?${letter}`);
  return unescaped.replaceAll(/%(.)/g, (_, letter) => (letter === "%" ? "%" : `?${letter}`));
}

describe("unitValue", () => {
  it("doubles what starts a specifier, and refuses what would end the line", () => {
    expect(unitValue("PATH", " a %n $b 'c' ")).toBe(" a %%n $b 'c' ");
    for (const text of ["a\nb", "a\tb", "a\0", "\ud800"])
      expect(() => unitValue("PATH", text)).toThrow(/^PATH: ".*" has a control character$/);
  });
});

describe("environmentLine", () => {
  it("is one line that systemd reads as exactly the text", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what environmentLine refuses
    const allowed = text.filter((each) => !/[\0-\x08\x0b-\x1f\x7f]/.test(each));
    fc.assert(
      fc.property(allowed, (value) => {
        expect(read(environmentLine("NAME", value))).toBe(`NAME=${value}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(["\0", "\r", "\x1b[31m", "\x7f", "\ud800"])(
    "refuses %j, which systemd would drop",
    (value) => {
      expect(() => environmentLine("NAME", `a${value}`)).toThrow(
        /^environment: NAME has a control/,
      );
    },
  );

  it.each(["", "1A", "A-B", "A B", "A=B", "A\nB", "__proto__ "])("refuses the name %j", (name) => {
    expect(() => environmentLine(name, "x")).toThrow(/^environment: ".*" is not a name/s);
  });
});
