import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { list } from "tar";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../../tools/common/root.ts";
import { findK6 } from "../runner/k6.ts";
import { scenarioFile } from "../runner/paths.ts";
import { scenarios } from "../runner/scenarios.ts";
import { hasK6 } from "./support/tools.ts";

const k6 = hasK6 ? findK6() : "";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-archive-"));
});

afterAll(() => rm(folder, { recursive: true }));

interface Inspected {
  scenarios: Record<string, { executor: string }>;
  thresholds: Record<string, string[]>;
  teardownTimeout: string;
  cloud: Record<string, unknown>;
  maxVUs: number;
  totalDuration: string;
}

async function inspect(file: string, variables: string[] = [], cwd = root): Promise<Inspected> {
  const given = variables.flatMap((variable) => ["-e", variable]);
  const args = ["inspect", "--execution-requirements", ...given, file];
  const { stdout } = await promisify(execFile)(k6, args, { cwd });
  return JSON.parse(stdout);
}

/** Runs k6 to its end. @returns its code and what it said */
async function runK6(...args: string[]) {
  try {
    const { stdout, stderr } = await promisify(execFile)(k6, ["run", "--quiet", ...args]);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

test("each scenario says which question it answers, and so does the page", async () => {
  const page = await readFile(join(root, "docs/load-testing.md"), "utf8");
  expect(Object.keys(scenarios)).toContain("smoke");
  for (const [name, { question }] of Object.entries(scenarios)) {
    expect(question).toMatch(/^[A-Z].+\?$/);
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, "m"));
  }
});

describe.skipIf(!hasK6)("in k6", () => {
  describe.each(Object.entries(scenarios))("%s", (name, { model }) => {
    const file = scenarioFile(name);

    test("is a valid test whose executor fits its model", async () => {
      const inspected = await inspect(file);
      const executor = inspected.scenarios[name]?.executor ?? "";
      expect(executor.endsWith("arrival-rate")).toBe(model === "open");
      expect(inspected.maxVUs).toBeGreaterThan(0);
      // k6's default of a minute is too short for deleting.
      expect(inspected.teardownTimeout).toBe("1h0m0s");
    });

    test("promises a failure rate, checks, and p95 and p99 by the routes' patterns", async () => {
      const { thresholds } = await inspect(file);
      expect(thresholds).toHaveProperty([`http_req_failed{scenario:${name}}`]);
      expect(thresholds).toHaveProperty([`checks{scenario:${name}}`]);
      const routes = Object.keys(thresholds).filter((metric) => metric.includes("{name:"));
      expect(routes.length).toBeGreaterThan(0);
      for (const route of routes) {
        expect(route).toMatch(/^http_req_duration\{name:(GET|POST|PUT|DELETE) \/[a-z/{}]*\}$/);
        expect(JSON.stringify(thresholds[route])).toMatch(/p\(95\)<.*p\(99\)</);
      }
    });

    test("makes an archive that runs anywhere, for the project and zones that are given", async () => {
      const archive = join(folder, `${name}.tar`);
      const variables = [
        "K6_CLOUD_PROJECT_ID=4711",
        "LOAD_ZONES=amazon:us:ashburn=60,amazon:ie:dublin=40",
        "BASE_URL=https://api.example.com",
      ];
      const given = variables.flatMap((variable) => ["-e", variable]);
      await promisify(execFile)(k6, ["archive", ...given, "-O", archive, file], { cwd: root });
      const entries: string[] = [];
      await list({ file: archive, onReadEntry: ({ path }) => void entries.push(path) });
      expect(entries.filter((path) => path.endsWith("accounts.ts"))).toHaveLength(1);
      expect(entries.filter((path) => path.includes("node_modules"))).toEqual([]);
      const { cloud, scenarios: archived } = await inspect(archive, [], folder);
      expect(archived).toHaveProperty(name);
      expect(cloud).toEqual({
        name: `steadfast ${name}`,
        projectID: 4711,
        distribution: {
          "amazon:us:ashburn": { loadZone: "amazon:us:ashburn", percent: 60 },
          "amazon:ie:dublin": { loadZone: "amazon:ie:dublin", percent: 40 },
        },
      });
    });
  });

  test("classic has the original's numbers", async () => {
    const { scenarios: found } = await inspect(scenarioFile("classic"));
    expect(found.classic).toMatchObject({
      executor: "ramping-vus",
      stages: [
        { duration: "10s", target: 100 },
        { duration: "9m50s", target: 100 },
      ],
    });
  });

  test("users, rate and duration can be set", async () => {
    const classic = await inspect(scenarioFile("classic"), ["LOAD_VUS=30", "LOAD_DURATION=1m30s"]);
    expect(classic.scenarios.classic).toMatchObject({
      stages: [
        { duration: "3s", target: 30 },
        { duration: "1m27s", target: 30 },
      ],
    });
    const soak = await inspect(scenarioFile("soak"), ["LOAD_RATE=7", "LOAD_DURATION=90"]);
    expect(soak.scenarios.soak).toHaveProperty("stages.1", { duration: "1m30s", target: 7 });
  });

  test("limits can be loosened, and the failure rate cannot", async () => {
    const { thresholds } = await inspect(scenarioFile("classic"), ["LOAD_SLACK=3"]);
    expect(thresholds).toMatchObject({
      "http_req_duration{name:GET /docs}": ["p(95)<900", "p(99)<2400"],
      "http_req_failed{scenario:classic}": ["rate==0"],
    });
  });

  test.each([
    [["LOAD_VUS=many"], "LOAD_VUS is many; it must be a whole number above 0."],
    [["LOAD_DURATION=soon"], "LOAD_DURATION is soon; it must be a time such as 90s"],
    [["LOAD_ZONES=amazon:us:ashburn=60"], "it must be zones with shares that add up to 100"],
  ])("refuses %j", async (variables, message) => {
    await expect(inspect(scenarioFile("classic"), variables)).rejects.toThrow(message);
  });

  describe("before anything is sent", () => {
    const smoke = scenarioFile("smoke");

    test("setup stops when nothing answers", async () => {
      const { code, output } = await runK6("-e", "BASE_URL=http://127.0.0.1:1", smoke);
      expect(code).toBe(108);
      expect(output).toMatch(/Nothing answers at http:\/\/127\.0\.0\.1:1 \(.*\): is it started\?/);
    });

    test("setup stops when it is something else, and writes nothing to it", async () => {
      const methods: (string | undefined)[] = [];
      const url = await serve(({ method }, response) => {
        methods.push(method);
        response.end("<h1>It works!</h1>");
      });
      const { code, output } = await runK6("-e", `BASE_URL=${url}`, smoke);
      expect(code).toBe(108);
      expect(output).toContain(`What answers at ${url} is not this API: GET / gave 200`);
      expect(methods).toEqual(["GET"]);
    });

    test.each([
      [["-e", "STAGE=prod"], "prod is production"],
      [
        ["-e", "BASE_URL=http://steadfast-prod-Alb-1.invalid"],
        "steadfast-prod-Alb-1.invalid is production",
      ],
    ])("setup stops at production (%j)", async (variables, message) => {
      const { code, output } = await runK6(...variables, smoke);
      expect(code).toBe(108);
      expect(output).toContain(`${message}: give --allow-prod to write to it.`);
    });
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});
