/** `npx sst-ec2 add NAME`: adds a service to a config, and shows it first. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addService, describeChange } from "../../src/cli/add.ts";

/** What `sst init` writes. */
const INIT = `/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "shop",
      removal: input?.stage === "production" ? "retain" : "remove",
      home: "aws",
    };
  },
  async run() {},
});
`;
const EMPTY = INIT.replace("async run() {},", "async run() {\n  },");

describe("a service", () => {
  test("is added with network and balancer to an empty app", () => {
    const { text } = addService(EMPTY, "api", "server.ts");
    expect(text).toContain('const { Alb, Service } = await import("sst-ec2");');
    expect(text).toContain('const vpc = new sst.aws.Vpc("Vpc");');
    expect(text).toMatch(/const api = new Service\("Api", \{\n {6}vpc,\n {6}entry: "server.ts",/);
    expect(text.endsWith("    });\n  },\n});\n")).toBe(true);
    expect(addService(INIT, "api", "server.ts").text).toBe(text);
  });

  test("uses what is there, and comes before what is returned", () => {
    const config = EMPTY.replace(
      "  },\n});",
      '    const network = new sst.aws.Vpc("Network");\n    return { network: network.id };\n  },\n});',
    );
    const { text } = addService(config, "api", "server.ts");
    expect(text).not.toContain('new sst.aws.Vpc("Vpc")');
    expect(text).toContain("vpc: network,");
    expect(text.indexOf("new Service")).toBeLessThan(text.indexOf("return { network"));
  });

  test("shares the balancer of the one before, by its path", () => {
    const first = addService(EMPTY, "api", "server.ts").text;
    const { text } = addService(first, "reports", "reports.ts");
    expect(text.match(/new Alb\(/g)).toHaveLength(1);
    expect(text.match(/await import\("sst-ec2"\)/g)).toHaveLength(1);
    expect(text).toContain('rules: [{ conditions: { path: "/reports/*" } }]');
  });

  test.each([
    [EMPTY, "my api", '"my api" is no name'],
    [addService(EMPTY, "api", "server.ts").text, "api", 'has a service "Api" already'],
    ["export default {}", "api", "has no `async run() {`"],
  ])("is refused where it cannot be: %#", (config, name, message) => {
    expect(() => addService(config, name, "server.ts")).toThrow(message);
  });

  test("is shown as what is new, with the line before it", () => {
    const shown = describeChange(EMPTY, addService(EMPTY, "api", "server.ts").text);
    expect(shown).toContain("    async run() {\n+     const { Alb, Service }");
    expect(shown.split("\n").filter((line) => line.startsWith("+"))).toHaveLength(10);
  });
});

describe("the command", () => {
  const CLI = join(import.meta.dirname, "../../src/cli/cli.ts");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sst-ec2-"));
    writeFileSync(join(folder, "sst.config.ts"), EMPTY);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: "utf8" });

  test("shows the change and, without a yes, changes nothing", () => {
    expect(run("add", "api")).toMatch(/\+ {5}const api = [\s\S]*Nothing was changed\./);
    expect(readFileSync(join(folder, "sst.config.ts"), "utf8")).toBe(EMPTY);
  });

  test("writes with --yes, and says what is next", () => {
    expect(run("add", "api", "--yes")).toContain("Next:");
    expect(readFileSync(join(folder, "sst.config.ts"), "utf8")).toContain('new Service("Api"');
  });

  test("prints the deployer's policies for the app of the config, each small enough", () => {
    const policies = JSON.parse(run("policy"));
    expect(Object.keys(policies)).toEqual(
      ["sst", "network", "compute", "roles"].map((part) => `shop-deploy-${part}`),
    );
    for (const policy of Object.values(policies))
      expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
    expect(JSON.stringify(policies)).toContain('"aws:ResourceTag/sst:app":"shop"');
    expect(JSON.stringify(policies)).not.toContain("steadfast");
  });
});
