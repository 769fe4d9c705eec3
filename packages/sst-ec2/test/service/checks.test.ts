/** What a stranger may get wrong is refused early, in one line that names the argument. */
import { describe, expect, test } from "vitest";
import type { ServiceArgs } from "../../src/service/args.ts";
import {
  checkConnections,
  checkListeningPort,
  checkProgram,
  checkVariables,
} from "../../src/service/checks.ts";
import { resolveHealth } from "../../src/service/health.ts";

const loadBalancer = {} as ServiceArgs["loadBalancer"];

describe("health", () => {
  test("is asked by HTTP behind a balancer, and by a worker where it says a path", () => {
    expect(resolveHealth({ loadBalancer })).toMatchObject({ healthPath: "/", healthCodes: "200" });
    expect(resolveHealth({})).toMatchObject({ healthPath: "", waitsForPort: false });
    expect(resolveHealth({ health: { path: "/up", successCodes: "200-299" } })).toMatchObject({
      ...{ healthPath: "/up", healthCodes: "200-299" },
    });
  });

  test("by TCP waits for the port, and asks for no path", () => {
    expect(resolveHealth({ health: { protocol: "tcp" } })).toMatchObject({
      ...{ healthPath: "", waitsForPort: true },
    });
  });

  test("leaves the group more patience than the boot has", () => {
    const { startPeriod, warmup } = resolveHealth({ health: { startPeriod: "15 minutes" } });
    expect(warmup).toBeGreaterThan(startPeriod);
  });

  test.each<[Pick<ServiceArgs, "health" | "loadBalancer">, string]>([
    [
      { loadBalancer, health: { protocol: "tcp" } },
      '"health.protocol" is "tcp", but an Application Load Balancer asks for health by HTTP alone.',
    ],
    [{ health: { protocol: "udp" as never } }, '"health.protocol" is "udp"; it must be "http" or'],
    [
      { health: { protocol: "tcp", path: "/x" } },
      '"health.path" and "health.successCodes" need "health.protocol" to be "http".',
    ],
    [{ health: { interval: "5 seconds" } }, '"health.interval" needs "loadBalancer"'],
    [{ health: { unhealthyThreshold: 2 } }, '"health.unhealthyThreshold" needs "loadBalancer"'],
    [{ health: { successCodes: "200" } }, '"health.successCodes" needs "health.path"'],
    [{ health: { path: "up" } }, '"health.path" is "up"; it must begin with "/".'],
    [{ health: { path: "/a b" } }, '"health.path" is "/a b"; it must be a path such as "/health"'],
    [{ health: { path: `/${"x".repeat(1024)}` } }, "of up to 1024 characters"],
    ...["", "ok", "200-", "299-200", "500", "200,", "100"].map(
      (successCodes): [Pick<ServiceArgs, "health">, string] => [
        { health: { path: "/", successCodes } },
        `"health.successCodes" is "${successCodes}"; it must be codes from 200 to 499`,
      ],
    ),
    [{ health: { startPeriod: "1 hour" } }, '"health.startPeriod" is "1 hour"; allowed are'],
  ])("is refused: %j", (args, message) => {
    expect(() => resolveHealth(args)).toThrow(message);
  });
});

describe("variables", () => {
  test.each<[Pick<ServiceArgs, "environment" | "ssm">, string]>([
    [{ environment: { "MY-KEY": "x" } }, '"environment" of "Api" has "MY-KEY"; a variable\'s name'],
    [{ environment: { "1": "x" } }, '"environment" of "Api" has "1"; a variable\'s name'],
    [{ environment: { PORT: "80" } }, '"environment" of "Api" has PORT, which instances set'],
    [{ environment: { SST_RESOURCE_Db: "{}" } }, "which a link sets; put the resource into"],
    [
      { environment: { KEY: undefined as never } },
      '"environment.KEY" of "Api" is undefined; it must be a text.',
    ],
    [{ ssm: { HOME: "arn:…" } }, '"ssm" of "Api" has HOME, which instances set themselves.'],
    [
      { environment: { KEY: "x" }, ssm: { KEY: "arn:…" } },
      '"environment" and "ssm" of "Api" both have KEY; it can be one of them.',
    ],
  ])("are refused: %j", (args, message) => {
    expect(() => checkVariables("Api", args)).toThrow(message);
  });

  test("of every other name pass", () => {
    checkVariables("Api", { environment: { _a1: "", LOG_LEVEL: "info" }, ssm: { KEY: "arn:…" } });
  });
});

describe("ports", () => {
  test.each<[number, boolean, string]>([
    [22, false, '"port" is 22, on which instances\' own sshd listens; choose another.'],
    [80, true, '"port" is 80, and a program that listens by itself has no right to ports below'],
    [70_000, false, '"port" is 70000; it must be a whole number from 1 to 65535.'],
    [3000.5, false, '"port" is 3000.5; it must be a whole number'],
  ])("%d is refused", (port, alone, message) => {
    expect(() => checkListeningPort(port, alone)).toThrow(message);
  });

  test("below 1024 are systemd's to open", () => {
    checkListeningPort(80, false);
    checkListeningPort(8080, true);
  });
});

test.each<[ServiceArgs, string]>([
  [{ bundle: "dist", nodejs: {} }, '"nodejs" needs "entry": nothing is built of "bundle" and'],
  [{ image: "x", hook: {} }, '"hook" needs "entry"'],
  [{ ami: "amazon-linux" }, '"ami" is "amazon-linux"; it must be the ID of an image'],
])("%j is refused", (args, message) => {
  expect(() => checkProgram(args)).toThrow(message);
});

test("two connections of the same name are refused", () => {
  const connectsTo = [5432, 5433].map((port) => ({ name: "Db", port, securityGroup: "sg-1" }));
  expect(() => checkConnections({ connectsTo })).toThrow(
    '"connectsTo[1].name" is "Db", as that of another; each needs one of its own.',
  );
});
