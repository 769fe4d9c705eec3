/** The parts of `npm run prove`; what it does to a stage is shown by `npm run prove -- --emulator`. */
import { afterEach, describe, expect, test } from "vitest";
import { stageOf, stages } from "../../../infra/stages.ts";
import { priceOf } from "../prove/price.ts";
import { Report } from "../prove/report.ts";
import { makeThrowaway } from "../prove/world.ts";

const STAGE = "proof";
afterEach(() => {
  delete stages[STAGE];
});

describe("a stage that is proved", () => {
  test("has two instances, so that one can be replaced, and can be removed", () => {
    makeThrowaway(STAGE);
    expect(stageOf(STAGE)).toMatchObject({ min: 2, retain: false, deletionProtection: false });
  });

  test("is none that is kept", () => {
    expect(() => makeThrowaway("prod")).toThrow("stage prod is kept (retain)");
  });

  test("costs some cents, by the price list", async () => {
    makeThrowaway(STAGE);
    const price = (await priceOf(STAGE)).toNumber();
    expect(price).toBeGreaterThan(0.05);
    expect(price).toBeLessThan(0.2);
  });
});

describe("the report", () => {
  const setting = {
    stage: STAGE,
    region: "eu-central-1",
    account: "123456789012",
    revision: "abc1234",
    began: new Date("2026-01-02T03:04:05Z"),
    price: "0.10",
  };
  const rows = () => {
    const report = new Report();
    report.add({ what: "first deploy", seconds: 240.4, found: "as many as wanted serve" });
    const clients = { requests: 5123, failed: 0 };
    report.add({ what: "a new version", seconds: 301, found: "", clients });
    return report;
  };

  test("has a row a step, with what clients met, and where the cost will show", () => {
    const report = rows();
    const text = report.toMarkdown(setting);
    expect(report.failed).toBe(false);
    expect(text).toContain("**Passed.**");
    expect(text).toMatch(/\| first deploy +\| +240 \| +\| +\| as many as wanted serve +\|/);
    expect(text).toMatch(/\| a new version +\| +301 \| +5123 \| +0 \|/);
    expect(text).toContain("npm run cost -- --stage proof --actual");
  });

  test("says that an emulator costs nothing", () => {
    const text = rows().toMarkdown({ ...setting, emulated: true });
    expect(text).toContain("An emulator's account: nothing served there, nothing is paid.");
    expect(text).not.toContain("Cost Explorer");
  });

  test("tells the first thing that went wrong, and of the account the end alone", () => {
    const report = rows();
    report.fail("version 2 does not serve");
    report.fail("sst remove ended with 1");
    const text = report.toMarkdown(setting);
    expect(report.failed).toBe(true);
    expect(text).toContain("**Failed**: version 2 does not serve");
    expect(text).not.toContain("123456789012");
    expect(text).toContain("account …9012");
  });
});
