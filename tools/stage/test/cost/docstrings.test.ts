/** The prices in the infrastructure's docstrings are those of the price file. */
import { globSync, readFileSync } from "node:fs";
import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import { readPrices } from "../../cost/prices.ts";

/** The text of each `Cost` section, without comment markers. */
const sections = globSync(["infra/**/*.ts", "packages/sst-ec2/src/**/*.ts"]).flatMap((file) =>
  [
    ...readFileSync(file, "utf8").matchAll(
      /^ *\* #{3,4} Cost\n(?<text>(?: *\*(?! @| #|\/).*\n)+)/gm,
    ),
  ].map(
    ({ groups }) =>
      [file, (groups?.text ?? "").replaceAll(/^ *\* ?/gm, "").replaceAll("\n", " ")] as const,
  ),
);

/** `2 × ($0.045 + $0.005) × 730` */
function evaluate(arithmetic: string): Decimal {
  const plain = arithmetic.replaceAll(/[$\s]/g, "");
  const inner = /\(([^()]*)\)/.exec(plain);
  if (inner) return evaluate(plain.replace(inner[0], sumOf(inner[1] as string).toFixed()));
  return sumOf(plain);
}

function sumOf(plain: string): Decimal {
  const products = plain.split("+").map((each) => each.split("×"));
  return Decimal.sum(
    ...products.map((factors) => factors.reduce((all, each) => all.times(each), new Decimal(1))),
  );
}

/** Sums with the arithmetic in front of them: `2 × $0.5 × 730 or **$730 a month**`. */
const SUM =
  /(?<arithmetic>[($\d][$\d.\s×+()]*×[$\d.\s×+()]*?) (?:or|=) (?:\*\*)?\$(?<result>\d+(?:\.\d+)?)/g;

/** Common multiples of a price: per unit, per thousand to million, per month of hours. */
const SCALES = [1, 1e3, 1e4, 1e5, 1e6, 730];

describe.each(sections)("%s", (_file, text) => {
  test("adds up", () => {
    for (const { groups } of text.matchAll(SUM)) {
      const { arithmetic = "", result = "" } = groups ?? {};
      const decimals = result.split(".")[1]?.length ?? 0;
      expect(evaluate(arithmetic).toFixed(decimals), arithmetic).toBe(result);
    }
  });

  test("states prices of the price file", () => {
    const quoted = [...text.replaceAll(/\*\*[^*]*\*\*/g, "").matchAll(/\$(\d+(?:\.\d+)?)/g)].map(
      ([, usd]) => usd as string,
    );
    const prices = Object.values(readPrices().prices).map(({ usd }) => new Decimal(usd));
    const isKnown = (usd: string) =>
      prices.some((price) =>
        SCALES.some((scale) =>
          price
            .times(scale)
            .toDecimalPlaces(usd.split(".")[1]?.length ?? 0)
            .equals(usd),
        ),
      );
    expect(quoted.filter((usd) => !isKnown(usd))).toEqual([]);
  });
});

test("there are such sections, with sums", () => {
  expect(sections.length).toBeGreaterThan(3);
  expect(sections.flatMap(([, text]) => [...text.matchAll(SUM)]).length).toBeGreaterThan(4);
});

test.each([
  ["2 × ($0.045 + $0.005) × 730", "73"],
  ["2 × (($0.0042 + $0.005) × 730 + 8 × $0.08)", "14.712"],
])("%s is %s", (arithmetic, result) => {
  expect(evaluate(arithmetic).toFixed()).toBe(result);
});

/** Pages whose prices a command prints, and their own tests hold. */
const PRICED = ["cost.md", "performance.md", "scale.md"];

test("no other page states a price, which nobody would keep current", () => {
  const pages = globSync(["docs/*.md", "README.md", "CONTRIBUTING.md"]).filter(
    (page) => !PRICED.some((name) => page.endsWith(`/${name}`)),
  );
  const stated = pages.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/\$\d.*/g)].map(([text]) => `${page}: ${text}`),
  );
  expect(pages.length).toBeGreaterThan(15);
  expect(stated).toEqual([]);
});
