import { architectureOf, checkInstanceTypes, toSeconds, toSecondsWithin } from "sst-ec2/helpers";
import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_REGION, regionOf, regionOrDefault } from "../../infra/program/region.ts";
import { isRetained, type Stage, stageOf, stages } from "../../infra/stages.ts";

afterEach(() => {
  delete stages.wrong;
});

describe("a stage", () => {
  test("that nobody named is a personal one: small, cheap and removable", () => {
    expect(stageOf("ada")).toMatchObject({
      instances: ["t4g.micro"],
      min: 1,
      nat: "none",
      retain: false,
      architecture: "arm64",
    });
    expect(isRetained("ada")).toBe(false);
  });

  test("named prod is two zones' worth of instances, protected and kept", () => {
    expect(stageOf("prod")).toMatchObject({
      min: 2,
      max: 6,
      retain: true,
      deletionProtection: true,
      accessLogs: true,
    });
    expect(isRetained("prod")).toBe(true);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ min: 3, max: 2 }, '"max" of stage "wrong" is 2; it must not be less than "min" (3).'],
    [{ min: 0 }, '"min" of stage "wrong" is 0; it must be a whole number from 1 to 100.'],
    [
      { instances: [] },
      '"instances" of stage "wrong" is []; it must be a list of EC2 instance types.',
    ],
    [
      { instances: ["t2.micro"] },
      '"instances" of stage "wrong" is ["t2.micro"]; it must be of a Nitro family such as "t4g" or "t3".',
    ],
    [
      { instances: ["t4g.small", "t3.small"] },
      'each must be of the architecture arm64, such as "t4g.small".',
    ],
    [
      { nat: true },
      '"nat" of stage "wrong" is true; it must be "none", "ec2", "managed" or "endpoints".',
    ],
    ...[{ base: 0, percent: 0 }, { base: 0, percent: 33.3 }, { base: -1, percent: 50 }, {}].map(
      (spot): [Record<string, unknown>, string] => [
        { spot },
        'it must have a "percent" from 1 to 100 and a "base" of 0 or more, both whole numbers.',
      ],
    ),
    [{ domain: "https://example.com" }, 'it must be a domain name such as "api.example.com".'],
    [{ drain: "1 hour" }, '"drain" of stage "wrong" is "1 hour"; allowed are 0 to 300 seconds.'],
    [
      { drain: 30 },
      '"drain" of stage "wrong" is 30; it must be a duration such as "30 seconds" or "5 minutes".',
    ],
    [{ logRetention: "8 days" }, '"logRetention" of stage "wrong" is "8 days"; it must be 3, 5, 7'],
    ...[
      true,
      {},
      { endpoint: "http://127.0.0.1:4318" },
      { endpoint: "127.0.0.1:4318", traces: 0 },
      { endpoint: "http://collector.example.com:4318", traces: 0 },
      { endpoint: "https://collector.example.com:4318", traces: 0 },
      { endpoint: "http://127.0.0.1:4318", traces: 1.5 },
    ].map((telemetry): [Record<string, unknown>, string] => [
      { telemetry },
      'it must be like { endpoint: "http://127.0.0.1:4318", traces: 0.01 }, elsewhere by https, with traces from 0 to 1.',
    ]),
    [{ alarmEmails: ["nobody"] }, "it must be a list of different e-mail addresses."],
    [{ alarmEmails: ["a@b.de", "a@b.de"] }, "it must be a list of different e-mail addresses."],
    [{ logs: "yes" }, '"logs" of stage "wrong" is "yes"; it must be true or false.'],
    [{ monitoring: 1 }, '"monitoring" of stage "wrong" is 1; it must be true or false.'],
    [
      { monitoring: true, monthlyBudget: "60" },
      '"monthlyBudget" of stage "wrong" is "60"; it must be a number of US dollars, 1 or more.',
    ],
    [{ monthlyBudget: 60 }, 'nobody would hear of it without "monitoring" or "alarmEmails".'],
    [
      { tableCeiling: { reads: 0, writes: 4000 } },
      '"tableCeiling" of stage "wrong" is {"reads":0,"writes":4000}; it must have "reads" and "writes" a second, whole numbers from 1 to 40000.',
    ],
    [
      { clientLimits: { registrations: 0 } },
      '"clientLimits" of stage "wrong" is {"registrations":0}; it may have "registrations" and "userWrites", whole numbers from 1 to 1000000.',
    ],
    [{ retain: "yes" }, '"retain" of stage "wrong" is "yes"; it must be true or false.'],
    // #region quotes
    [{ quotes: "yes" }, '"quotes" of stage "wrong" is "yes"; it must be true or false.'],
    [
      { databaseBackups: "36 days" },
      '"databaseBackups" of stage "wrong" is "36 days"; allowed are 86400 to 3024000 seconds.',
    ],
    // #endregion quotes
    [{ minimum: 1 }, '"minimum" of stage "wrong" is not an option; known are instances, min, max,'],
    // #region quotes
    [
      { nat: "endpoints", quotes: true },
      '"nat" of stage "wrong" is "endpoints"; with "quotes" it must be another: the collector could not reach the market.',
    ],
    // #endregion quotes
    [
      { nat: "endpoints", telemetry: { endpoint: "https://otel.example.com", traces: 0 } },
      '"nat" of stage "wrong" is "endpoints"; with "telemetry" of another host it must be another: instances could not reach it.',
    ],
  ])("with %j stops with one line that says what is allowed", (options, message) => {
    stages.wrong = options as Partial<Stage>;
    expect(() => stageOf("wrong")).toThrow(message);
    expect(() => stageOf("wrong")).toThrow(/^infra\/stages\.ts: [^\n]+\.$/);
    expect(isRetained("wrong")).toBe(true);
  });
});

describe("a stage's name", () => {
  test("may be as long as Pulumi takes", () => {
    expect(stageOf("x".repeat(100))).toMatchObject({ min: 1 });
    expect(() => stageOf("x".repeat(101))).toThrow(
      /^The stage's name has 101 characters; Pulumi takes 100\. [^\n]+\.$/,
    );
  });

  test("may come with endpoints and an agent on the instance itself", () => {
    stages.wrong = {
      nat: "endpoints",
      telemetry: { endpoint: "http://127.0.0.1:4318", traces: 0 },
    };
    expect(stageOf("wrong").nat).toBe("endpoints");
  });
});

describe("the region", () => {
  test("is AWS_REGION, or us-east-1", () => {
    expect(regionOf({ AWS_REGION: "eu-central-1" })).toBe("eu-central-1");
    expect(regionOf({})).toBe("us-east-1");
  });

  test("must be one of AWS", () => {
    expect(() => regionOf({ AWS_REGION: "us-east-9" })).toThrow(
      /^AWS_REGION is "us-east-9"; known regions are us-east-1, /,
    );
    expect(regionOrDefault({ AWS_REGION: "us-east-9" })).toBe(DEFAULT_REGION);
  });
});

describe("an instance type's architecture", () => {
  test.each([
    ["t4g.nano", "arm64"],
    ["m7g.large", "arm64"],
    ["c6gn.16xlarge", "arm64"],
    ["is4gen.medium", "arm64"],
    ["a1.xlarge", "arm64"],
    ["m8g.metal-24xl", "arm64"],
    ["t3.small", "x64"],
    ["t3a.micro", "x64"],
    ["m7i-flex.large", "x64"],
    ["g4dn.xlarge", "x64"],
    ["c7i.metal-24xl", "x64"],
  ])("%s is %s", (type, architecture) => {
    expect(architectureOf(type, "instances")).toBe(architecture);
  });

  test.each(["t4g", "t4g.tiny", "large", "T3.small", ""])("%j is no instance type", (type) => {
    expect(() => architectureOf(type, "instances")).toThrow(
      /^"instances" is .*; it must be an EC2 instance type/,
    );
  });

  test("must be the artifact's", () => {
    expect(() => checkInstanceTypes(["t3.small"], "arm64", "instances")).toThrow(
      '"instances" names "t3.small"; each must be of the architecture arm64',
    );
    expect(() => checkInstanceTypes([], "arm64", "instances")).toThrow('"instances" is empty');
    expect(checkInstanceTypes(["t3.small", "m7i.large"], "x64", "instances")).toBeUndefined();
  });
});

describe("a duration", () => {
  test.each([
    ["1 second", 1],
    ["30 seconds", 30],
    ["2 minutes", 120],
    ["1 hour", 3600],
    ["7 days", 604_800],
  ] as const)("%s is %d seconds", (duration, seconds) => {
    expect(toSeconds(duration, "drain")).toBe(seconds);
  });

  test("must be written as one, and within its limits", () => {
    expect(() => toSeconds("30s" as never, "drain")).toThrow(
      '"drain" is "30s"; it must be a duration such as',
    );
    expect(() => toSecondsWithin("2 hours", "warmup", [0, 3600])).toThrow(
      '"warmup" is "2 hours"; allowed are 0 to 3600 seconds.',
    );
  });
});
