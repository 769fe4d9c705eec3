/** `npx sst-ec2 add NAME`: adds a service to a config, and shows it first. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addService, describeChange } from "../../src/cli/add.ts";
import { appNameOf, componentsIn, functionOf, parseConfig } from "../../src/cli/config.ts";

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

/** A config with this body of `run()`. */
const withBody = (body: string) => EMPTY.replace("{\n  },\n});", `{\n${body}  },\n});`);

/** Whether a config says the same once what was added is taken out again. */
function isKept(before: string, after: string): boolean {
  const lines = after.split("\n");
  return before.split("\n").every((line) => {
    const at = lines.indexOf(line);
    if (at >= 0) lines.splice(0, at + 1);
    return at >= 0;
  });
}

describe("a service", () => {
  test("is added with network and balancer to an empty app", () => {
    const { text } = addService(EMPTY, "api");
    expect(text).toContain('const { Alb, Service } = await import("sst-ec2");');
    expect(text).toContain('const vpc = new sst.aws.Vpc("Vpc");');
    expect(text).toMatch(/const api = new Service\("Api", \{\n {6}vpc,\n {6}entry: "server.ts",/);
    expect(text.endsWith("    });\n  },\n});\n")).toBe(true);
    expect(addService(INIT, "api").text).toBe(text);
  });

  test("uses what is there, and comes before what is returned, with its comments", () => {
    const config = withBody(
      '    const network = new sst.aws.Vpc("Network"); // ours\n    // What others read.\n    return { network: network.id };\n',
    );
    const { text } = addService(config, "api");
    expect(text).not.toContain('new sst.aws.Vpc("Vpc")');
    expect(text).toContain("vpc: network,");
    expect(text).toMatch(
      /\/\/ ours\n {4}const \{ Alb[\s\S]*\}\);\n {4}\/\/ What others read\.\n {4}return/,
    );
  });

  test("comes last where run() returns early, and in the early case is not there", () => {
    const config = withBody(
      '    if ($dev) {\n      return { url: "http://localhost" };\n    }\n    new sst.aws.Bucket("Files");\n',
    );
    const { text } = addService(config, "api");
    expect(text).toMatch(/Bucket\("Files"\);\n {4}const \{ Alb/);
    expect(isKept(config, text)).toBe(true);
  });

  test("shares the balancer of the one before, by its path, with a program and a port of its own", () => {
    const first = addService(EMPTY, "api").text;
    const { text } = addService(first, "reports");
    expect(text.match(/new Alb\(/g)).toHaveLength(1);
    expect(text.match(/await import\("sst-ec2"\)/g)).toHaveLength(1);
    expect(text).toContain('rules: [{ conditions: { path: ["/reports", "/reports/*"] } }]');
    expect(text).toContain('command: "node --watch reports.ts", url: "http://localhost:3001"');
  });

  test.each([
    ['const ec2 = await import("sst-ec2");', 'new ec2.Alb("Alb"', 'new ec2.Service("Api"'],
    [
      'const { Alb: Balancer } = await import("sst-ec2");',
      'new Balancer("Alb"',
      'new Service("Api"',
    ],
    ['const { Service } = await import("sst-ec2");', 'new Alb("Alb"', 'new Service("Api"'],
    [
      'const { Alb: Lb } = await import("sst-ec2");\n    const lb = new Lb("Lb", { vpc: { id: "", publicSubnets: [], privateSubnets: [] } });',
      "instance: lb, rules: [{ conditions",
      'new Service("Api"',
    ],
  ])("uses the library as it is imported: %s", (line, ...expected) => {
    const { text } = addService(withBody(`    ${line}\n`), "api");
    for (const each of expected) expect(text).toContain(each);
    const names = [...text.matchAll(/const \{ ([^}]*) \} = await/g)].flatMap(([, all = ""]) =>
      all.split(", ").map((each) => each.split(": ").at(-1)),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test("takes a `vpc` that comes from elsewhere, and says what it must be", () => {
    const { text, notes } = addService(
      withBody('    const { vpc } = await import("./infra/vpc");\n'),
      "api",
    );
    expect(text).not.toContain("new sst.aws.Vpc");
    expect(notes).toEqual([expect.stringContaining("`vpc` must be an sst.aws.Vpc")]);
  });

  test("gets a name that is free", () => {
    const { text, variable } = addService(
      withBody('    const api = new sst.aws.ApiGatewayV2("Gateway");\n'),
      "api",
    );
    expect(variable).toBe("apiService");
    expect(text).toContain('const apiService = new Service("Api"');
  });

  test.each([
    ["without a newline at the end", EMPTY.trimEnd()],
    ["with tabs", EMPTY.replaceAll("  ", "\t")],
    ["with four spaces", EMPTY.replaceAll("  ", "    ")],
    ["with Windows' line ends", EMPTY.replaceAll("\n", "\r\n")],
    ["with a byte order mark", `\ufeff${EMPTY}`],
    [
      "in one line",
      'export default $config({ app() { return { name: "a" } }, async run() { return {} } })',
    ],
    ["with an arrow function", EMPTY.replace("async run() {", "run: async () => {")],
    ["with a function", EMPTY.replace("async run() {", "run: async function () {")],
    [
      "with a type",
      EMPTY.replace("async run() {", "async run(): Promise<Record<string, unknown>> {"),
    ],
    ["with braces in comments", withBody("    // } }\n    /* {\n  } */\n")],
    [
      "with braces in texts",
      withBody('    const text = `}\n  }`;\n    const other = "return {";\n'),
    ],
    ["with a comment alone", withBody("    // Later.\n")],
    ["with a service in a comment", withBody('    // new Service("Api", {});\n')],
    ["not asynchronous", EMPTY.replace("async run() {", "run() {")],
    ["not asynchronous, an arrow", EMPTY.replace("async run() {", "run: () => {")],
    [
      "with run() before app()",
      `export default $config({\n  async run() {\n  },\n  app: () => ({ name: "a", home: "aws" }),\n});\n`,
    ],
  ])("is added to a config %s, which stays what it was", (_, config) => {
    const { text } = addService(config, "api");
    const names = functionOf(parseConfig(text), "run");
    expect(names?.async).toBe(true);
    expect(componentsIn(names?.body)).toEqual(["Vpc", "Alb", "Api"]);
    expect(text.replaceAll("\r\n", "").includes("\r")).toBe(false);
    if (config.includes("\r\n")) expect(/[^\r]\n/.test(text)).toBe(false);
    if (config.includes("\t")) expect(text).not.toMatch(/^ +/m);
    expect(text.endsWith("\n")).toBe(config.endsWith("\n"));
    expect(() => addService(text, "api")).toThrow('has a component "Api" already');
  });

  test.each([
    [EMPTY, "my api", '"my api" is no name'],
    [addService(EMPTY, "api").text, "api", 'has a component "Api" already'],
    [withBody('    new sst.aws.Bucket("API");\n'), "api", 'has a component "Api" already'],
    ["export default {}", "api", "has no `async run() { … }`"],
    [EMPTY.replace("async run() {\n  },", "run,"), "api", "has no `async run() { … }`"],
    [EMPTY.replace("async run() {\n  },", 'run: () => import("./a"),'), "api", "has no `async"],
    [EMPTY.replace("});", ""), "api", "sst.config.ts cannot be read: "],
  ])("is refused where it cannot be: %#", (config, name, message) => {
    expect(() => addService(config, name)).toThrow(message);
  });

  test("is shown as what is new, with the lines around it", () => {
    const shown = describeChange(EMPTY, addService(EMPTY, "api").text);
    expect(shown).toContain("    async run() {\n+     const { Alb, Service }");
    expect(shown.split("\n").filter((line) => line.startsWith("+"))).toHaveLength(10);
    expect(shown.split("\n").filter((line) => line.startsWith("-"))).toEqual([]);
    expect(shown.endsWith("+     });\n    },")).toBe(true);
  });

  test("is shown with the line that it changes", () => {
    const shown = describeChange(INIT, addService(INIT, "api").text);
    expect(shown).toContain("-   async run() {},\n+   async run() {\n+     const");
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
  const run = (...args: string[]) => runIn(".", ...args);
  const runIn = (place: string, ...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args], {
      cwd: join(folder, place),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const config = () => readFileSync(join(folder, "sst.config.ts"), "utf8");

  test("shows the change and, without a yes, changes nothing", () => {
    expect(run("add", "api")).toMatch(
      /\+ {5}const api = [\s\S]*Nothing was changed: nobody can be asked here, and --yes was not given\./,
    );
    expect(config()).toBe(EMPTY);
  });

  test("writes with --yes, and says what is next", () => {
    expect(run("add", "api", "--yes")).toMatch(
      /Next:\n {2}1\. npm install sst-ec2\n {2}2\. Write server\.ts: /,
    );
    expect(config()).toContain('new Service("Api"');
  });

  test("changes nothing the second time, with one line and 1", () => {
    run("add", "api", "--yes");
    const before = config();
    expect(() => run("add", "api", "--yes")).toThrow(
      /sst-ec2: sst\.config\.ts has a component "Api" already\.\n$/,
    );
    expect(config()).toBe(before);
  });

  test("works in a folder below, and says what is missing there alone", () => {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "server.ts"), "");
    writeFileSync(join(folder, "package.json"), '{ "dependencies": { "sst-ec2": "0.1.0" } }');
    expect(runIn("src", "add", "api", "--yes")).toMatch(/Next:\n {2}1\. See that server\.ts: it/);
    expect(config()).toContain('new Service("Api"');
  });

  test("names the package manager that the folder uses", () => {
    writeFileSync(join(folder, "pnpm-lock.yaml"), "");
    expect(run("add", "api", "--yes")).toContain("1. pnpm add sst-ec2");
  });

  test.each([
    [[], /^npx sst-ec2 COMMAND/],
    [["--help"], /^npx sst-ec2 COMMAND/],
  ])("says how it is used: %j", (args, words) => {
    expect(run(...args)).toMatch(words);
  });

  test.each([
    [["add"], "sst-ec2: say one name, such as: npx sst-ec2 add api"],
    [["nope"], 'sst-ec2: there is no command "nope".'],
    [["add", "api", "--nope"], "sst-ec2: Unknown option '--nope'"],
  ])("refuses %j with one line", (args, line) => {
    expect(() => run(...args)).toThrow(line);
  });

  test("says where it looked for a config", () => {
    rmSync(join(folder, "sst.config.ts"));
    expect(() => run("add", "api")).toThrow("there is no sst.config.ts here nor above");
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

test.each([
  [EMPTY, "shop"],
  [
    'export default $config({ app: () => ({ name: "shop", home: "aws" }), async run() {} });',
    "shop",
  ],
  ['export default $config({ app() { const name = "shop"; return { name }; } });', undefined],
  ['const name: "other" = "other"; export default $config({});', undefined],
])("the app's name is read where it stands in plain: %#", (text, name) => {
  expect(appNameOf(text)).toBe(name);
});
