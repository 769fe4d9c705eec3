import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Quote } from "@steadfast/core";
import { identityOf } from "@steadfast/local"; // drop: quotes
import { describe, expect, it, onTestFinished, test } from "vitest";

// #region quotes
interface Page {
  /** Missing in a problem. */
  items?: Quote[];
}
// #endregion quotes

const PACKAGES = fileURLToPath(new URL("../..", import.meta.url));
const START = fileURLToPath(new URL("../../../scripts/start.ts", import.meta.url));
const DEV = fileURLToPath(new URL("../../../scripts/dev.ts", import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 250 };

test("npm start prepares its databases once, and keeps what is in them", {
  timeout: 120_000,
}, async () => {
  const folder = newFolder();
  const first = start(folder);
  await expect.poll(first.said, PATIENCE).toMatch(/^Preparing the databases in \S+, once \.\.\.\n/);
  const user = { name: "Ada", login: "ada", password: "correct horse battery" };
  const { id } = await post<{ id: string }>(await first.api(), "/users/", user);
  // #region quotes
  const count = async () => (await get<Page>(await first.api(), "/quotes")).items?.length;
  await expect.poll(count, PATIENCE).toBeGreaterThanOrEqual(2);
  const latest = await get<Quote>(await first.api(), "/quotes/latest");
  expect(latest).toMatchObject({ symbol: "BTC", currency: "USD", source: "stand-in" });
  // #endregion quotes
  await first.stop();

  // What the shell says of an account does not matter.
  const account = { AWS_USE_FIPS_ENDPOINT: "true", AWS_PROFILE: "there-is-none" };
  const second = start(folder, { environment: { LOG_LEVEL: "", ...account } });
  expect(await get(await second.api(), `/users/${id}`)).toMatchObject({ id, name: "Ada" });
  expect(second.said()).toMatch(/^Starting the databases \.\.\.\n/);
  // #region quotes
  const { items } = await get<Page>(await second.api(), `/quotes?to=${latest.last_updated}`);
  expect(items?.length).toBeGreaterThanOrEqual(1);
  // A healthy collector does not report its cycles.
  expect(second.said()).not.toContain('"event":"cycle"');
  // #endregion quotes
  await second.stop();
  expect(existsSync(join(folder, "postgres.pid"))).toBe(false); // drop: quotes
});

// #region quotes
test("the API serves before the quotes' database does, and answers 503 for them until then", {
  timeout: 120_000,
}, async () => {
  const folder = newFolder();
  const lock = join(folder, "postgres.pid");
  writeFileSync(lock, identityOf(process.pid) ?? "");
  const stack = start(folder);
  const quotes = `${await stack.api()}/quotes`;
  const early = await fetch(quotes);
  expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
  rmSync(lock);
  const status = async () => (await fetch(quotes)).status;
  await expect.poll(status, PATIENCE).toBe(200);
  await stack.stop();
});

test.each([START, DEV])(
  "%s ends when the quotes' database is damaged, and says why",
  {
    timeout: 120_000,
  },
  async (script) => {
    const folder = newFolder();
    writeFileSync(join(folder, "postgres"), "damaged");
    const stack = start(folder, { script });
    const { code, lines } = await stack.ended();
    expect(code).toBe(1);
    expect(lines.join("\n")).toContain(
      `The local Postgres in ${join(folder, "postgres")} does not start: move the folder away`,
    );
    expect(lines.join("\n")).not.toContain("    at ");
  },
);
// #endregion quotes

test("npm run dev starts what changes anew, and leaves the databases as they are", {
  timeout: 180_000,
}, async () => {
  const stack = start(newFolder(), { script: DEV });
  await stack.api();
  const count = (text: string) => () => stack.said().split(text).length - 1;
  for (const [source, sign] of [
    ["api/src/problems.ts", "Server listening"],
    ["collector/src/buffer.ts", "The quotes are made up"], // drop: quotes
  ] as const) {
    await expect.poll(count(sign), PATIENCE).toBeGreaterThan(0);
    const before = count(sign)();
    // Two quick saves that change nothing.
    for (let save = 0; save < 2; save++) utimesSync(join(PACKAGES, source), new Date(), new Date());
    await expect.poll(count(sign), PATIENCE).toBeGreaterThan(before);
  }
  const status = async () => (await fetch(`${await stack.api()}/health/ready`)).status;
  await expect.poll(status, PATIENCE).toBe(200);
  expect(count("DynamoDB  ")()).toBe(1);
  expect(stack.said()).not.toMatch(/EPIPE|Channel closed|unexpected error/);
  await stack.stop();
});

test.each<[what: string, begun: (folder: string, said: string) => boolean]>([
  ["the engine", (folder) => existsSync(join(folder, "dynamodb.db"))],
  // #region quotes
  ["the collector", (folder) => existsSync(join(folder, "postgres.pid"))],
  ["Postgres", (folder) => existsSync(join(folder, "postgres/global"))],
  ["to collect", (_folder, said) => said.includes("The quotes are made up")],
  // #endregion quotes
])(
  "stopped by Ctrl-C while it starts %s, it is quiet and leaves nothing running",
  async (_what, begun) => {
    const folder = newFolder();
    const stack = start(folder, { environment: { LOG_LEVEL: "" } });
    const look = () => begun(folder, stack.said());
    await expect.poll(look, { ...PATIENCE, interval: 5 }).toBe(true);
    stack.kill("SIGINT");
    // Resolves when everything that writes to its output has ended.
    const { code, lines } = await stack.ended();
    // 0 if a busy machine delivered the signal only after the start.
    expect([128 + constants.signals.SIGINT, 0]).toContain(code);
    expect(lines.join("\n")).not.toMatch(/"(fatal|error)"|FATAL|ERROR|Error:|EPIPE|\n {4}at /);
    const listed = () => execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
    await expect.poll(listed).not.toContain(folder);
  },
);

describe("npm start says in one line what is wrong, before it starts anything, when", () => {
  it.each<[kind: string, environment: Record<string, string>, line: RegExp]>([
    [
      "its port is no port",
      { PORT: "70000" },
      /^start: Wrong configuration: PORT is "70000"; it must be <= 65535\.$/,
    ],
    [
      "a word is wrong",
      { API_AUTH: "closed" },
      /^start: Wrong configuration: API_AUTH is "closed"; it must be one of /,
    ],
    // #region quotes
    [
      "the collector's interval is none",
      { INTERVAL: "soon" },
      /^start: Wrong configuration: INTERVAL is soon; it must be seconds/,
    ],
    [
      "half a database is named",
      { DB_HOST: "db.example.com" },
      /^start: Wrong configuration: with DB_HOST, set DB_USER, DB_PASS, DB_NAME, too; /,
    ],
    // #endregion quotes
  ])("%s", async (_kind, environment, line) => {
    const { code, lines } = await start(newFolder(), { environment }).ended();
    expect([code, lines]).toEqual([1, [expect.stringMatching(line)]]);
  });

  it("its port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await start(newFolder(), {
      environment: { PORT: String(port) },
    }).ended();
    expect([code, lines]).toEqual([
      1,
      [expect.stringMatching(`^start: Port ${port} of 127.0.0.1 is in use`)],
    ]);
  });

  it("its folder cannot be made", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    // Node's recursive mkdir retries forever in /proc.
    for (const folder of [join(file, "data"), "/proc/nope/data"]) {
      const { code, lines } = await start(folder).ended();
      expect([code, lines]).toEqual([
        1,
        [expect.stringMatching(/^start: The folder \S+ cannot be made: E/)],
      ]);
    }
  });

  it.skipIf(process.getuid?.() === 0)("its folder cannot be written", async () => {
    const folder = newFolder();
    chmodSync(folder, 0o500);
    const { code, lines } = await start(folder).ended();
    expect([code, lines]).toEqual([
      1,
      [
        `start: The folder ${folder} cannot be written: give yourself the right, or set DATA_FOLDER.`,
      ],
    ]);
  });

  it.each(["dynamodb.db", "token-secret"])("its file %s is damaged", async (name) => {
    const folder = newFolder();
    writeFileSync(join(folder, name), "damaged");
    const { code, lines } = await start(folder).ended();
    expect(code).toBe(1);
    expect(lines.filter((line) => !/^(Preparing|Starting) the databases/.test(line))).toEqual([
      expect.stringMatching(`${join(folder, name)} is damaged: (move|remove) it`),
    ]);
  });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "steadfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Options {
  /** What to run. @default `npm start` */
  script?: string;
  environment?: Record<string, string>;
}

/** Starts the whole stack on free ports, without this test file's links. */
function start(folder: string, { script = START, environment = {} }: Options = {}) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SST_|AWS_|DYNAMODB_|DB_|CMC_)/.test(name),
  );
  const child = spawn(process.execPath, [script], {
    env: {
      ...Object.fromEntries(inherited),
      DATA_FOLDER: folder,
      PORT: "0",
      INTERVAL: "1s",
      LOG_LEVEL: "info",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Watchers would outlive a killed parent.
  onTestFinished(() => void child.kill(script === DEV ? "SIGTERM" : "SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "close");
  const addresses = () =>
    [...output.matchAll(/Server listening at (http:[^"]+)"/g)].map(([, address]) => address);
  return {
    async api(): Promise<string> {
      await expect.poll(() => addresses().length, PATIENCE).toBeGreaterThan(0);
      return addresses().at(-1) ?? "";
    },
    said: () => output,
    /** For a start that fails. */
    async ended() {
      const [code] = await exited;
      return { code, lines: output.trimEnd().split("\n") };
    },
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      expect(code, output).toBe(0);
    },
  };
}

async function post<Body>(api: string, path: string, body: object): Promise<Body> {
  const answer = await fetch(api + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Body;
}

/** Retries after a 503, as clients do: on a busy machine the database may be late. */
async function get<Body>(api: string, path: string): Promise<Body> {
  const answer = await fetch(api + path);
  return answer.status === 503 ? get(api, path) : ((await answer.json()) as Body);
}
