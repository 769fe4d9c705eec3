/** `npm run drop -- quotes`: what it would change here. `drop.long.test.ts` does it on a copy. */
import { describe, expect, test } from "vitest";
import { FEATURES } from "../scripts/drop/features.ts";
import { withoutKeys, withoutUnused } from "../scripts/drop/manifests.ts";
import { withoutImports, withoutLinks, withoutMarked } from "../scripts/drop/marks.ts";
import { mentions, planOf } from "../scripts/drop/plan.ts";

describe("a text", () => {
  test("loses marked lines and regions, in any language, and nothing else", () => {
    const text = [
      "a",
      "b // drop: quotes",
      "# #region quotes",
      "c",
      "# #endregion quotes",
      "| d <!-- drop: quotes --> |",
      "e // drop: posts",
      "// #region posts",
      "",
    ];
    expect(withoutMarked(text.join("\n"), "quotes").split("\n")).toEqual([
      "a",
      "e // drop: posts",
      "// #region posts",
      "",
    ]);
  });

  test.each([
    ["// #region quotes\na", /a region has no end/],
    ["a\n// #endregion quotes", /a region does not match/],
    ["// #region quotes\n// #region quotes\n// #endregion quotes", /a region does not match/],
  ])("%j is refused", (text, message) => {
    expect(() => withoutMarked(text, "quotes")).toThrow(message);
  });

  test("loses imports of what is gone, over several lines or for their effect", () => {
    const source =
      'import { a } from "./a.ts";\nexport {\n  b,\n} from "./b.ts";\nimport "./b.ts";\nb();\n';
    expect(withoutImports(source, (from) => from === "./b.ts")).toBe(
      'import { a } from "./a.ts";\nb();\n',
    );
  });

  test("loses links", () => {
    const links = '    "A": {\n      "type": "x"\n    }\n    "B": {\n      "type": "x"\n    }\n';
    expect(withoutLinks(links, ["A"])).toBe('    "B": {\n      "type": "x"\n    }\n');
  });
});

test("a manifest loses scripts, exports and dependencies that nobody has a use for", () => {
  const manifest = {
    name: "n",
    scripts: { kept: "vitest", gone: "node scripts/run.cjs scripts/gone.ts" },
    exports: { ".": "./src/index.ts", "./gone": "./src/gone.ts" },
    dependencies: { kept: "1", gone: "1" },
    devDependencies: { "@types/gone": "1" },
  };
  const isGone = (path: string) => path.endsWith("gone.ts");
  expect(withoutUnused(manifest, { isGone, unused: new Set(["gone"]) })).toEqual({
    name: "n",
    scripts: { kept: "vitest" },
    exports: { ".": "./src/index.ts" },
    dependencies: { kept: "1" },
    devDependencies: {},
  });
});

test("JSON loses keys and items at a path of patterns", () => {
  const prices = { region: "r", prices: { "rds.disk": 1, "ec2.disk": 2 } };
  expect(withoutKeys(prices, [/^prices$/, /^rds\./])).toEqual({
    region: "r",
    prices: { "ec2.disk": 2 },
  });
  const answers = { tool: [{ control: "RDS.6" }, { control: "EC2.9" }], other: [] };
  expect(withoutKeys(answers, [/^tool$/, /RDS\./])).toEqual({
    tool: [{ control: "EC2.9" }],
    other: [],
  });
});

test.each(Object.entries(FEATURES))("without %s nothing here speaks of it", (name, feature) => {
  const changes = planOf(".", name, feature);
  expect(changes.length).toBeGreaterThan(100);
  // Imports that nobody uses any more are the linter's to take away.
  const left = mentions(".", feature, changes).filter((line) => !/\.ts:\d+: import /.test(line));
  expect(left).toEqual([]);
});
