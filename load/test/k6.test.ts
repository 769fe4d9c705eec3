import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findK6, howToInstall, k6Version, withoutOptions } from "../runner/k6.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-k6-"));
  await writeFile(join(folder, "k6"), "#!/bin/sh\necho k6 v0.49.0 '(go1.21.6, linux/amd64)'\n");
  await chmod(join(folder, "k6"), 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

test("finds k6 on the PATH, and K6_BIN first", () => {
  expect(findK6({ PATH: `/nowhere:${folder}` })).toBe(join(folder, "k6"));
  expect(findK6({ PATH: folder, K6_BIN: process.execPath })).toBe(process.execPath);
});

test("says how to get it on this system when it is missing", () => {
  expect(() => findK6({ PATH: "/nowhere" })).toThrow(
    `k6 is missing: ${howToInstall(process.platform)}, or set K6_BIN to its path.`,
  );
  expect(howToInstall("darwin")).toContain("brew install k6");
  expect(howToInstall("win32")).toContain("winget install k6");
});

test("refuses a K6_BIN that is no program", () => {
  expect(() => findK6({ K6_BIN: "/nowhere/k6" })).toThrow("K6_BIN is /nowhere/k6");
});

test("refuses a k6 that does not run TypeScript as it is", () => {
  expect(() => k6Version(join(folder, "k6"))).toThrow("1.0 or later is needed");
});

test("what would have k6 run something else than the scenario is left out, and said", () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const kept = {
    PATH: "/bin",
    K6_BIN: "k6",
    K6_CLOUD_TOKEN: "x",
    K6_OUT: "json=a",
    K6_PROMETHEUS_RW_SERVER_URL: "x",
  };
  const options = {
    K6_ITERATIONS: "1",
    K6_VUS: "1",
    K6_DURATION: "1s",
    K6_NO_TEARDOWN: "true",
    K6_NO_THRESHOLDS: "true",
    K6_CONFIG: "x",
    K6_STAGES: "1s:1",
  };
  expect(withoutOptions({ ...kept, ...options })).toEqual(kept);
  expect(said).toHaveBeenCalledExactlyOnceWith(
    `${Object.keys(options).join(", ")}: not used, as the scenario decides; see --help.`,
  );
  said.mockRestore();
});
