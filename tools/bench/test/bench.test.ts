import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { startCollector, startCountingProxy } from "../../common/proxies.ts";
import { readArguments } from "../arguments.ts";
import { highest } from "../carry/search.ts";
import { fill } from "../docs.ts";
import { comparison, unsteadiness } from "../report.ts";
import { type ServerName, serversOf } from "../servers.ts";
import { pricing } from "../simulation/pricing.ts";

test.each([
  [["--hepl"], "Unknown option '--hepl'"],
  [["--scenario", "x"], /^--scenario is "x"; allowed are GET user, .*, POST user$/],
  [
    ["--connections", "1,a"],
    '--connections is "1,a"; it must be whole numbers from 1 to 1000 with commas between them',
  ],
  [["--docs", "--startup"], "--startup, --carry and --docs do not go together"],
])("npm run bench -- %j is refused in one line", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

test("a quick comparison and a choice of requests are planned as asked", () => {
  expect(readArguments(["--quick"]).plan).toMatchObject({ rounds: 1, connections: [1, 64] });
  const chosen = readArguments(["--scenario", "GET post", "--scenario", "POST post"]).plan;
  expect(chosen.scenarios).toEqual(["GET post", "POST post"]);
  expect(readArguments([]).plan.groups).toEqual(["core"]);
  expect(readArguments(["--full"]).plan.groups).toEqual(["core", "peers", "ablation"]);
});

test("sections of the output go to their places in the page, and nowhere else", () => {
  const page =
    "a\n<!-- bench: Bars -->\nold\n<!-- end -->\nb\n<!-- bench: Other -->\n<!-- end -->\n";
  expect(fill(page, [{ title: "Bars", text: "$1 new" }])).toEqual({
    text: page.replace("\nold\n", () => "\n\n$1 new\n\n"),
    left: ["Other"],
  });
});

const page = (name: string) =>
  readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), "utf8");

test("docs/scale.md has a place for what an instance carries", () => {
  expect(fill(page("scale"), []).left).toEqual(["Carry"]);
});

test("docs/performance.md has a place for each section", () => {
  expect(fill(page("performance"), []).left).toEqual([
    "Machine",
    "Servers",
    "Connections",
    "Capacity",
    "Hashing",
    "Pace",
    "Peers",
    "Ablation",
    "Bars",
    "Growth",
  ]);
});

/** Rows of all servers for one kind of request, whose rounds differ by so much. */
function rowsOf(spread: number) {
  const measured = {
    cpu: 50,
    kernel: 9,
    rate: 9,
    p50: 1,
    p99: 2,
    loopDelay: 0,
    rss: 90,
    calls: 1,
    failed: 0,
  };
  const row = (server: ServerName) => ({ server, scenario: "GET user", connections: 64, spread });
  return serversOf(["core", "peers", "ablation"]).map((server) => ({
    ...row(server),
    ...measured,
  }));
}

const plan = readArguments(["--full", "--scenario", "GET user", "--connections", "64"]).plan;

test("a run that has not come further than its servers has their sections", () => {
  const { sections: found, docs } = comparison({ machine: "a machine", plan, rows: rowsOf(0.1) });
  expect(docs).toEqual(found);
  const titles = ["Machine", "Bars", "Servers", "Ablation", "Peers", "Connections"];
  expect(found.map(({ title }) => title)).toEqual(titles);
  const text = (name: string) => found.find(({ title }) => title === name)?.text;
  for (const { title } of found) expect(text(title)).not.toMatch(/NaN|undefined/);
  expect(text("Machine")).toMatch(/differs by 10 %, and by more than 10 % for one row in twenty/);
  expect(text("Peers")).toContain("| GET user | (k) FastAPI and boto3 | 50 |");
});

test("a run whose rounds differ, or that has one, is fit for the docs where factors count alone", () => {
  const run = { machine: "a machine", plan };
  const { docs } = comparison({ ...run, rows: rowsOf(0.2) });
  expect(docs.map(({ title }) => title)).toEqual(["Ablation", "Peers"]);
  expect(docs.every(({ text }) => text.startsWith("a machine;"))).toBe(true);
  expect(unsteadiness({ ...run, rows: rowsOf(0.1) })).toBeUndefined();
  expect(unsteadiness({ ...run, rows: rowsOf(0.2) })).toMatch(/^CPU times differ by 20 %/);
  const quick = { ...plan, rounds: 1 };
  expect(unsteadiness({ ...run, plan: quick, rows: rowsOf(0) })).toMatch(/^it has one round/);
});

test.each([
  ["collector", () => startCollector()],
  ["counter of capacity units", () => startCountingProxy("http://127.0.0.1:9")],
])("a server that ends in the middle of a request does not end the %s", async (_name, start) => {
  const proxy = await start();
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.prependListener("unhandledRejection", note);
  const client = connect(Number(new URL(proxy.endpoint).port), "127.0.0.1");
  client.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{");
  await once(client, "connect");
  await turn();
  client.destroy();
  await once(client, "close");
  // The next one is answered, so the first was given up before.
  const other = connect(Number(new URL(proxy.endpoint).port), "127.0.0.1");
  other.end("nothing of HTTP\r\n\r\n");
  await once(other.resume(), "close");
  expect(failures).toEqual([]);
  process.off("unhandledRejection", note);
  proxy.stop();
});

test("the search finds the highest rate that holds, to within a tenth", async () => {
  for (const limit of [1, 7, 90, 333, 4000]) {
    const tried: number[] = [];
    const found = await highest(100, async (rate) => {
      tried.push(rate);
      return rate <= limit;
    });
    expect(found).toBeLessThanOrEqual(limit);
    expect(found * 1.1 + 1).toBeGreaterThanOrEqual(limit);
    expect(tried.length).toBeLessThan(12);
  }
  expect(await highest(100, async () => false)).toBe(0);
});

test("what many instances cost is summed where it can be read", () => {
  const [prices, sums] = pricing(0.0012).map(({ text }) => text);
  // 10,000/s × 1200 µs = 12 vCPUs, 10 instances at 60 % of two.
  const [ec2, fargate, lambda] = [...(sums?.split("\n\n")[1] ?? "").matchAll(/\$([\d,]+)$/gm)];
  const standing = 10 * (730 * (0.0084 + 0.005) + 8 * 0.08 + 7 * 0.3);
  expect(Number(ec2?.[1])).toBe(Math.round(standing + 730 * (12 - 10 * 0.2) * 0.04));
  expect(Number(fargate?.[1])).toBe(Math.round(20 * 730 * (0.03238 + 2 * 0.00356)));
  const request = 0.0012 * 1.769 * 0.0000133334 + 0.0000002;
  expect(lambda?.[1]).toBe(Math.round(10_000 * 730 * 3600 * request).toLocaleString("en"));
  expect(prices).toContain(`| 10,000 | 12 | 10 | ${ec2?.[1]} |`);
});
