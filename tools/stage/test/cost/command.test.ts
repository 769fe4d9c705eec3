/** `npm run cost` as a person or a script runs it. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Decimal } from "decimal.js";
import { beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../../../infra/stages.ts";
import { readArguments } from "../../cost/arguments.ts";
import { fill, PAGES } from "../../cost/docs.ts";
import { ORIGINAL } from "../../cost/original.ts";
import { readPrices } from "../../cost/prices.ts";
import { type Study, study } from "../../cost/study.ts";
import { environmentFor, month, product, standIn } from "./stand-in.ts";

/** Runs the command with only the given AWS environment. */
function cost(
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = "" } = process.env;
  const env = {
    PATH,
    HOME: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["tools/stage/cost.ts", ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

describe("production at the original's load", () => {
  let prod: Study;
  beforeAll(async () => {
    prod = await study("prod", readPrices());
  });

  test("costs less than the original, pipeline included, also without the always-free tier", () => {
    expect(prod.comparison?.month.toNumber()).toBeLessThan(ORIGINAL.month.toNumber());
    expect(prod.load).toMatchObject({ rps: 1, tests: 4 });
  });

  test("is on two instances", () => {
    expect(prod.api.lines.map(({ what }) => what)).toContain("2 × t4g.micro");
  });

  test("is compared line by line with sums that are the sums of the lines", () => {
    const { lines, month } = prod.comparison as NonNullable<Study["comparison"]>;
    const sum = (of: "original" | "here") =>
      lines.reduce((all, line) => all + line[of].toNumber(), 0);
    expect(sum("original")).toBeCloseTo(63.29, 9);
    expect(sum("here")).toBeCloseTo(month.toNumber(), 9);
  });

  test("would cost what its resources do with another choice", () => {
    const month = (name: string) => prod.choices.find((each) => each.name === name)?.month;
    const more = (name: string) => month(name)?.minus(prod.month).toNumber();
    // Gateways and their addresses instead of the instances' own, plus the agents' traffic.
    expect(more('nat: "managed"')).toBeCloseTo(2 * 0.045 * 730 + 2 * 0.5 * 0.045, 6);
    expect(more('instances: ["t4g.small"]')).toBeCloseTo(2 * 0.0084 * 730, 6);
    // Seven metrics of two instances, and the alarm of a surge, which needs them.
    expect(more("detailedMonitoring: false")).toBeCloseTo(-(4.2 + 0.1), 6);
  });
});

test.each(PAGES)(
  "%s has what the command prints; `npm run cost -- --docs` brings it up to date",
  {
    timeout: 240_000,
  },
  async (file) => {
    const page = await readFile(file, "utf8");
    expect(await fill(page, readPrices())).toBe(page);
  },
);

describe("arguments", () => {
  test.each([
    [
      ["--stage", "my stage"],
      '--stage is "my stage"; it must be letters, digits and hyphens, such as prod',
    ],
    [["--rps", "many"], '--rps is "many"; it must be a number from 0 to 999999'],
    [["--rps", "-1"], '--rps is "-1"; it must be a number from 0 to 999999'],
    [["--save"], "--save needs --live"],
    [["--docs", "--json"], "--docs writes a file; it goes with neither --json nor --actual"],
    [["--docs", "--actual"], "--docs writes a file; it goes with neither --json nor --actual"],
    [["--month"], "Unknown option '--month'"],
    [["prod"], '"prod" is no command; there is diff'],
    [["diff", "prod"], "diff takes two stages, such as prod ada, or commits, such as main.."],
    [["diff", "prod", "a b"], '--stage is "a b"; it must be letters, digits and hyphens'],
    [["diff", "prod", "ada", "--json"], "diff does not go with --json"],
  ])("%j are refused in one line", (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });

  test("that are wrong end with 2 and say what there is", async () => {
    const { code, stdout, stderr } = await cost(["--rps", "many"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^cost: --rps is "many"; it must be a number from 0 to 999999\n\nnpm run cost/,
    );
  });
});

describe("of every stage there is", () => {
  test.each([...Object.keys(stages), "ada"])(
    "%s: ends with 0, for all has a price, and prints JSON alone",
    async (stage) => {
      const { code, stdout, stderr } = await cost(["--stage", stage, "--json"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ stage, unpriced: [] });
    },
  );
});

describe("--json", () => {
  const idle = ["--stage", "ada", "--rps", "0", "--json"];
  let plain: Awaited<ReturnType<typeof cost>>;
  beforeAll(async () => {
    plain = await cost(idle);
  });

  test("is what the tables are made of, with exact sums and without colour", () => {
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    const result = JSON.parse(plain.stdout);
    expect(result).toMatchObject({ stage: "ada", load: { rps: 0 }, unpriced: [] });
    const alb = result.api.lines.find((line: { price: string }) => line.price === "alb.hour");
    expect(alb).toMatchObject({ usd: "0.0225", quantity: "730", month: "16.425", kind: "fixed" });
  });

  test("with --live and --actual has what AWS says, of another region, too", async () => {
    const { prices } = readPrices();
    const server = await standIn(({ target, body }) => {
      if (target.endsWith("GetCostAndUsage"))
        return { ResultsByTime: [month("2026-10-01", "2026-11-01", { ELB: "16.4" })] };
      const asked = Object.values(prices).filter(({ live }) => live?.service === body.ServiceCode);
      const dearer = asked.map(({ usd, live }) =>
        product(`EUC1-${live?.usagetype}`, new Decimal(usd).times(2).toFixed()),
      );
      return { FormatVersion: "aws_v1", PriceList: dearer };
    });
    const environment = { ...environmentFor(server.url), AWS_REGION: "eu-central-1" };
    const live = await cost([...idle, "--live", "--actual"], environment);
    await server.stop();

    expect(live).toMatchObject({ code: 0, stderr: "" });
    const result = JSON.parse(live.stdout);
    expect(result).toMatchObject({
      region: "eu-central-1",
      actual: [{ start: "2026-10-01", services: [{ service: "ELB", usd: "16.4" }] }],
    });
    const before = new Decimal(JSON.parse(plain.stdout).month);
    expect(result.month).toBe(before.times(2).toFixed());
  });
});

test.each(["--live", "--actual"])(
  "%s without credentials ends with 1 and one line",
  async (option) => {
    const { code, stderr } = await cost(["--stage", "ada", option]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^cost: AWS cannot be asked without credentials \([^\n]+\); see docs\/deploy\.md\n$/,
    );
  },
);
