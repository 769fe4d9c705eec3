import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Report } from "../../boot/report.ts";

test("a report marks the rows of what can be dropped, and no others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const report = new Report();
  report.check("two instances boot", 15.32, "ready | in time");
  report.check("the quotes collector boots", 22.2, "kill -9"); // drop: quotes
  const rows = readFileSync(await report.write(folder), "utf8").match(/^\| t.*$/gm);
  expect(rows).toEqual([
    "| two instances boot | 15.3 | ready \\| in time |",
    "| the quotes collector boots | 22.2 | kill -9 <!-- drop: quotes --> |", // drop: quotes
  ]);
});
