import { expect, test } from "vitest";
import { isLocal, readArguments } from "../runner/arguments.ts";

test("reads a run with its options", () => {
  const args = ["classic", "--stage", "ada", "--vus", "50", "--duration", "1h30m", "--open"];
  expect(readArguments(args)).toMatchObject({
    command: "run",
    scenario: "classic",
    stage: "ada",
    vus: "50",
    duration: "1h30m",
    open: true,
    allowProd: false,
  });
});

test("takes --cloud with and without a value", () => {
  const url = ["--url", "https://api.example.com"];
  expect(readArguments(["smoke", "--cloud", ...url])).toMatchObject({ cloud: "remote" });
  expect(readArguments(["smoke", "--cloud=local"])).toMatchObject({ cloud: "local" });
});

test("reads a comparison", () => {
  expect(readArguments(["compare", "a", "b"])).toEqual({ command: "compare", reports: ["a", "b"] });
});

test.each([
  [[], /say which scenario: average, breakpoint/],
  [["classics"], /"classics" is no scenario; there are average/],
  [["smoke", "soak"], /one scenario too many/],
  [["compare", "a"], /compare takes two reports/],
  [["smoke", "--url", "ftp://x"], /--url is "ftp:\/\/x"; it must begin with http/],
  [["smoke", "--url", "http://x", "--stage", "ada"], /--url or --stage, not both/],
  [["classic", "--rate", "5"], /classic is closed: its load is set by --vus/],
  [["spike", "--vus", "5"], /spike is open: its load is set by --rate/],
  [["classic", "--vus", "0"], /--vus is "0"; it must be a whole number above 0/],
  [["classic", "--duration", "soon"], /--duration is "soon"; it must be a time such as 90s/],
  [["classic", "--duration", "0s"], /--duration is "0s"/],
  [["smoke", "--cloud=everywhere"], /it must be --cloud or --cloud=local/],
  [["smoke", "--cloud"], /--cloud needs --stage, or a --url/],
  [["smoke", "--zones", "a=100"], /--zones is for --cloud/],
  [["smoke", "--stage", "prod"], /stage prod is production: give --allow-prod/],
  [["smoke", "--slack", "-1"], /--slack is "-1"; it must be a whole number above 0/],
  [["smoke", "--speed", "9"], /Unknown option '--speed'/],
])("refuses %j with one line", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
  expect(() => readArguments(args)).toThrow(/^[^\n]+$/);
});

test("writes to production when that is asked for", () => {
  expect(readArguments(["smoke", "--stage", "prod", "--allow-prod"])).toMatchObject({
    stage: "prod",
    allowProd: true,
  });
});

test.each([
  ["http://127.0.0.1:3000", true],
  ["http://localhost:3000", true],
  ["http://[::1]:3000", true],
  ["http://api.example.com", false],
])("knows whether %s is this machine", (url, local) => {
  expect(isLocal(url)).toBe(local);
});
