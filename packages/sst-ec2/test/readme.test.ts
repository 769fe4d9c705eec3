/** The README says what the code does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { argumentsOf, withTables } from "../arguments.ts";

const PACKAGE = join(import.meta.dirname, "..");
const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");

test("has the arguments as the docstrings are; `node packages/sst-ec2/arguments.ts` writes them", () => {
  expect(withTables(readme)).toBe(readme);
  expect(argumentsOf("service/args.ts", "ServiceArgs").length).toBeGreaterThan(30);
  for (const { name } of argumentsOf("service/args.ts", "ServiceArgs"))
    expect(readme).toContain(`| \`${name}\` |`);
});

test.each([
  ["sst.config.ts", 25],
  ["server.ts", 10],
])("shows %s as the example has it, within %d lines", (name, lines) => {
  const file = readFileSync(join(PACKAGE, "../../examples/minimal", name), "utf8");
  expect(readme).toContain(`// ${name}\n${file}`);
  expect(file.trim().split("\n").length).toBeLessThanOrEqual(lines);
});
