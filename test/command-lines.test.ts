/** The command lines of all programs, as people and scripts use them. */
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readNumber, WrongArgument } from "../tools/common/command-line.ts";

/** Wrong arguments, and the message. */
type Wrong = [args: string[], message: string][];

/** By name, which is the script in package.json and the prefix of error lines. */
const commands: Record<string, Wrong> = {
  audit: [],
  bench: [[["--connections", "0"], "must be whole numbers from 1 to 1000"]],
  build: [
    [["--entry", "nope.ts"], '--entry is "nope.ts"; there is no such file'],
    [["--out", "infra"], '--out is "infra"; it has files that no build made'],
    [["--out", "/proc/nope/out"], '--out is "/proc/nope/out"; The folder /proc/nope cannot be'],
  ],
  cost: [[["--rps", "-1"], '--rps is "-1"; it must be a number from 0']],
  dev: [[["now"], '"now" is given; it takes no arguments']],
  "create-tables": [
    [["--prefix", "a b"], '--prefix is "a b"; allowed are up to 200 letters, digits'],
  ],
  doctor: [
    [[], "--stage is missing; say which stage is to be deployed"],
    [["--stage", "a b"], '--stage is "a b"; it must be letters, digits and hyphens'],
  ],
  load: [[["smoke", "--vus", "-1"], '--vus is "-1"; it must be a whole']],
  "load:check": [[["--duration", "soon"], '--duration is "soon"; it must be a time such as 90s']],
  policy: [[["all"], '"all" is no kind of policy; known are bootstrap']],
  prove: [[[], "--stage is missing; name a stage that is not deployed"]],
  rename: [
    [[], "say the new name, such as my-app"],
    [["My App"], '"My App" cannot be the app\'s name; it must be 2 to 20 lower-case letters'],
    [["core"], '"core" is a part of the app'],
  ],
  rehearse: [[["--only", "x"], "--only is for --shapes"]],
  "rehearse:boot": [[["--report="], "--report is empty; it must be a folder"]],
  "rehearse:package": [
    [["--manager", "cargo"], '--manager is "cargo"; allowed are npm, pnpm, yarn, bun'],
    [["--example", "nope"], '--example is "nope"; allowed are '],
  ],
  "rehearse:upgrade": [
    [["--from", "nope"], '--from is "nope"; it must be a commit of this repository'],
  ],
  simulate: [],
  soak: [
    [["--seconds", "abc"], '--seconds is "abc"; it must be a number from 1 to 86400'],
    [["--seconds", "-1"], '--seconds is "-1"; it must be a number from 1 to 86400'],
  ],
  // #region quotes
  drop: [
    [[], "say what to drop: quotes"],
    [["posts"], '"posts" cannot be dropped; known is quotes'],
  ],
  "soak:quotes": [[["--minutes", "0"], '--minutes is "0"; it must be a number from 0.1 to 1440']],
  "stand-in": [
    [["--port", "99999"], '--port is "99999"; it must be a whole number from 0 to 65535'],
  ],
  // #endregion quotes
  start: [[["now"], '"now" is given; it takes no arguments']],
};

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

/** The program of an npm script; compose.yaml starts those that have none. */
function fileOf(name: string): string {
  return scripts[name]?.split(" ").at(-1) ?? `scripts/${name}.ts`;
}

test("those of all programs are here", () => {
  const programs = globSync("{load,scripts,tools}/**/*.ts", { exclude: ["**/node_modules/**"] });
  const files = programs.filter((file) =>
    /^await (main|command)\(/m.test(readFileSync(file, "utf8")),
  );
  expect(files.sort()).toEqual(Object.keys(commands).map(fileOf).sort());
});

describe.concurrent.each(Object.entries(commands))("%s", (name, wrong) => {
  const file = fileOf(name);
  // Only when a test asks, so that not all processes start at once.
  let asked: Promise<Outcome> | undefined;
  const help = () => {
    asked ??= run(file, "--help");
    return asked;
  };

  test("explains itself with --help", async () => {
    const { code, stdout, stderr } = await help();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [usage, , purpose, ...more] = stdout.trimEnd().split("\n");
    expect(usage).toMatch(/^(npm (run|start)|node scripts\/)/);
    expect(purpose).toMatch(/^[A-Z].+[.?]$/);
    expect(more.join("\n")).toMatch(
      /\n\nexamples\n {2}([A-Z_]+=\S+ )*(npm (run|start)|node scripts\/)/,
    );
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  test.each<[args: string[], message: string]>([[["--nope"], "--nope"], ...wrong])(
    "refuses %j with one line and the usage",
    async (args, message) => {
      const { code, stdout, stderr } = await run(file, ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      const [line, ...more] = stderr.split("\n");
      expect(line).toContain(`${name}: `);
      expect(line).toContain(message);
      expect(more.join("\n")).toBe(`\n${(await help()).stdout}`);
    },
  );
});

describe.concurrent("a script", () => {
  test("prints its usage with -h, beside other arguments", async () => {
    const stdout = "npm run greet\n";
    expect(await greet("return 3", ["Ada", "-h"])).toEqual({ code: 0, stdout, stderr: "" });
  });

  test.each([
    ["return 3", 3],
    ["process.exitCode = 4", 4],
    ["", 0],
  ])("that does %j ends with %i", async (does, code) => {
    expect(await greet(does)).toEqual({ code, stdout: "", stderr: "" });
  });

  test.each([
    ['throw new Error("nobody is there")', "nobody is there"],
    ['throw Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })', "ECONNREFUSED"],
    ['await fetch("http://127.0.0.1:65535")', "connect ECONNREFUSED 127.0.0.1:65535"],
  ])("that fails with %j ends with 1 and one line", async (does, line) => {
    expect(await greet(does)).toEqual({ code: 1, stdout: "", stderr: `greet: ${line}\n` });
  });

  test.each(["undefined.name", "throw 'a word'", "new Array(-1)"])(
    "with the bug %j ends with 1, and shows where it is",
    async (does) => {
      const { code, stderr } = await greet(does);
      expect(code).toBe(1);
      expect(stderr).not.toContain("greet: ");
      if (!does.startsWith("throw")) expect(stderr).toMatch(/^\w+Error: .+\n +at .+eval1/);
    },
  );

  test("has errors in red where there are colours", async () => {
    const { stderr } = await greet('throw new Error("no")', [], { FORCE_COLOR: "1" });
    expect(stderr).toBe("\u001b[31mgreet: no\u001b[39m\n");
  });
});

test("a number is one that people write, in its range", () => {
  const clients = (text: string) => readNumber("clients", text, { from: 1, to: 50, whole: true });
  expect([clients("1"), clients("50")]).toEqual([1, 50]);
  for (const text of ["0", "51", "1.5", "", " 2", "1e1", "0x2", "Infinity", "-2"])
    expect(() => clients(text)).toThrow(
      new WrongArgument(`--clients is "${text}"; it must be a whole number from 1 to 50`),
    );
  expect(readNumber("hours", "1.5", { from: 0.1, to: 2 })).toBe(1.5);
});

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a script that does this, beside the others. */
function greet(does: string, args: string[] = [], environment = {}): Promise<Outcome> {
  const code = `import { main } from "./tools/common/command-line.ts";
    await main("greet", "npm run greet", async () => { ${does} });`;
  return start(["--input-type=module", "--eval", code, "greet", ...args], environment);
}

/** Runs a script as npm does. */
function run(...args: string[]): Promise<Outcome> {
  return start(args);
}

/** Runs Node.js without any AWS environment. */
function start(args: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  // The scripts share most of their modules.
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH, HOME: "/nonexistent", NODE_COMPILE_CACHE, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
