import { describe, expect, it } from "vitest";
import { agentConfig } from "../../src/boot/agent.ts";
import type { UserDataArgs } from "../../src/boot/args.ts";
import { settings } from "../../src/boot/settings.ts";
import { units } from "../../src/boot/units.ts";
import { renderUserData, USER_DATA_LIMIT } from "../../src/boot/user-data.ts";
import { API, IMAGE, image } from "./arguments.ts";

const { lifecycle: _, ...alone } = API;

describe("user data", () => {
  it("has these settings and units for an API in production", () => {
    expect(settings(API)).toMatchSnapshot();
    expect(units(API)).toMatchSnapshot();
  });

  it("has these for a worker: one process, no balancer, in no group", () => {
    const own = { service: "quote-collector", balanced: false, processes: 1 };
    const args = { ...alone, ...own, linksParameters: [], environment: {}, readySeconds: 300 };
    expect(settings(args)).toMatchSnapshot();
    expect(units(args)["quote-collector@.service"]).toMatchSnapshot();
  });

  it("has one unit and one script more with a log file", () => {
    const copied = { ...API, logFile: true };
    expect(Object.keys(units(copied))).toEqual([
      ...Object.keys(units(API)),
      "api-log-file.service",
    ]);
    expect(settings(copied)).toEqual({
      ...settings(API),
      LOG_FILE: "/var/log/api/api.log",
      STANDING_UNITS: `${settings(API).STANDING_UNITS} api-log-file.service`,
    });
  });

  it("has its agent's configuration as it is", () => {
    const agent = agentConfig({ service: "api", logGroup: "/shop/prod/api" });
    const text = renderUserData({ ...API, logFile: true, agent });
    const [, written = ""] = /\/agent\.json" <<'EOF'\n(.+)\n/.exec(text) ?? [];
    expect(JSON.parse(written)).toEqual(agent);
    expect(settings({ ...API, agent }).AGENT_UNIT).toBe("api-agent.service");
  });

  it("stays below EC2's limit with thirty variables of a hundred characters", () => {
    const variables = Array.from({ length: 30 }, (_, index) => [
      `VARIABLE_${index}`,
      "x".repeat(100),
    ]);
    const script = renderUserData({ ...API, environment: Object.fromEntries(variables) });
    expect(Buffer.byteLength(script)).toBeLessThan(USER_DATA_LIMIT);
  });

  it("stays below it with an image's variable of 3 KB", () => {
    const environment = { PATH: "/bin", LONG: "x".repeat(3072) };
    const plain = { image: { ...image(0), environment } };
    expect(() => renderUserData({ ...IMAGE, plain })).not.toThrow();
  });

  it("says how large it is when EC2 would not take it", () => {
    expect(() =>
      renderUserData({ ...API, environment: { LONG: "x".repeat(USER_DATA_LIMIT) } }),
    ).toThrow(
      /^environment: user data has \d{5} bytes, EC2 takes 16384; move long values into a link$/,
    );
  });

  it("says nothing of what its readers know from the sources", () => {
    expect(renderUserData({ ...API, logFile: true })).not.toMatch(/^\s*#(?!!\/bin\/bash\n)/m);
  });
});

describe("a wrong argument", () => {
  it.each<[Partial<UserDataArgs>, RegExp]>([
    [{ service: "Api" }, /^service: "Api" is not allowed; lower-case letters/],
    [{ service: "a".repeat(25) }, /^service: .* at most 24 characters$/],
    [{ port: 0 }, /^port: 0 is not allowed; a whole number from 1 to 65535$/],
    [{ port: 80.5 }, /^port: 80.5 is not allowed/],
    [{ processes: 0 }, /^processes: 0 is not allowed; a whole number from 1 to 256$/],
    [{ drainSeconds: -1 }, /^drainSeconds: -1 is not allowed; a whole number from 0 to 3600$/],
    [{ readySeconds: Number.NaN }, /^readySeconds: NaN is not allowed/],
    [
      { memoryMaxPercent: 101 },
      /^memoryMaxPercent: 101 is not allowed; a whole number from 1 to 100$/,
    ],
    [
      { region: "us-east-1\nExecStart=/bin/false" },
      /^region: "us-east-1\nExec.*" is not allowed; a region's name/,
    ],
    [
      { app: { ...API.app, sha256: "abc" } },
      /^app\.sha256: "abc" is not allowed; 64 lower-case hex digits$/,
    ],
    [{ linksParameters: ["/a,b"] }, /^linksParameters: "\/a,b" is not allowed/],
    [{ environment: { PORT: "80" } }, /^environment: PORT is set by the boot itself$/],
    [
      { environment: { SST_RESOURCE_A: "{}" } },
      /^environment: SST_RESOURCE_A may hold a secret; pass it as a link$/,
    ],
    [{ environment: { "A B": "" } }, /^environment: "A B" is not a name/],
  ])("is named, with what is allowed: %j", (change, message) => {
    expect(() => renderUserData({ ...API, ...change })).toThrow(message);
  });
});
