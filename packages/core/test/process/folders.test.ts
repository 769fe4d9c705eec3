import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "../../src/process/index.ts";

test("a folder is made with those above it, and may be there already", () => {
  const folder = join(newFolder(), "a/b/c");
  makeFolder(folder);
  makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

test("one that cannot be made is an error in one line, that names the first that is missing", () => {
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  expect(() => makeFolder(join(file, "a/b"))).toThrow(
    new RegExp(`^The folder ${file}/a cannot be made: ENOTDIR: [^\\n]+$`),
  );
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
