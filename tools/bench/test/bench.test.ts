import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readArguments } from "../arguments.ts";
import { fill } from "../docs.ts";

test.each([
  [["--hepl"], "Unknown option '--hepl'"],
  [["--study", "x"], '--study is "x"; allowed are flush, size'],
  [["--scenario", "x"], /^--scenario is "x"; allowed are GET user, .*, POST user$/],
  [
    ["--connections", "1,a"],
    '--connections is "1,a"; it must be whole numbers from 1 to 1000 with commas between them',
  ],
  [["--docs", "--startup"], "--study, --startup and --docs do not go together"],
])("npm run bench -- %j is refused in one line", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

test("a quick comparison, a study and a choice of requests are planned as asked", () => {
  expect(readArguments(["--quick"]).plan).toMatchObject({ rounds: 1, connections: [1, 64] });
  const study = readArguments(["--study", "flush", "--quick"]).plan;
  expect(study).toMatchObject({ scenarios: ["GET user", "POST post"], rounds: 1 });
  expect(study.connections).toEqual([1, 8, 64, 256]);
  const chosen = readArguments(["--scenario", "GET post", "--scenario", "POST post"]).plan;
  expect(chosen.scenarios).toEqual(["GET post", "POST post"]);
  expect(readArguments([]).plan.groups).toEqual(["core"]);
  expect(readArguments(["--full"]).plan.groups).toEqual(["core", "peers", "ablation"]);
});

test("sections of the output go to their places in the page, and nowhere else", () => {
  const page =
    "a\n<!-- bench: Bars -->\nold\n<!-- end -->\nb\n<!-- bench: Other -->\n<!-- end -->\n";
  expect(fill(page, [{ title: "Bars", text: "$1 new" }])).toEqual({
    text: page.replace("\nold\n", () => "\n\n$1 new\n\n"),
    left: ["Other"],
  });
});

test("docs/performance.md has a place for each section", () => {
  const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
  expect(fill(page, []).left).toEqual([
    "Machine",
    "Servers",
    "Connections",
    "Capacity",
    "Hashing",
    "Pace",
    "Peers",
    "Bars",
    "Batches at once, GET user",
    "Batches at once, POST post",
    "Keys at most, GET user",
    "Growth",
  ]);
});
