/** The library's sources know nothing of the app; that others use its public face is a rule of the linter. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

/** What a file's imports, and what comes to the same, name. */
const IMPORTS =
  /(?:\bfrom|\bimport|\bimport\(|new URL\(|import\.meta\.resolve\()\s*["']([^"']+)["']/g;

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.mjs"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && existsSync(join(ROOT, file)));

const importsOf = (file: string) =>
  [...readFileSync(join(ROOT, file), "utf8").matchAll(IMPORTS)].map(([, name = ""]) => name);

test("its sources import nothing of the app, nor a value of Pulumi's", () => {
  const own = files.filter((file) => file.startsWith("packages/sst-ec2/src/"));
  expect(own.length).toBeGreaterThan(50);
  const wrong = own.flatMap((file) => {
    const depth = file.split("/").length - "packages/sst-ec2/src/".split("/").length;
    const out = "../".repeat(depth + 1);
    return importsOf(file)
      .filter((name) => name.startsWith(out) || /^(@pulumi|@steadfast|.*\.sst)\//.test(name))
      .map((name) => `${file}: ${name}`);
  });
  expect(wrong).toEqual([]);
});
