import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeDatabase } from "../../core/test/support/quotes-database.ts";
import { collecting, cycle, finish, stop, storedIn } from "./support/collecting.ts";

describe("a collector", () => {
  it("stores each quote that the market answers, digit for digit, and says so in a line a cycle", async () => {
    const settings = await makeDatabase();
    const { market, collect } = await collecting(settings);
    const collector = collect();
    await collector.line(() => market.answered.size >= 3 && collector.lines.length >= 5);
    await collector.line(({ stored, buffered }) => stored === 1 && buffered === 0);
    await finish(market, collector);
    expect(await storedIn(settings)).toEqual([...market.answered.values()]);
    const cycles = collector.lines.filter(({ event }) => event === "cycle");
    expect(cycles.reduce((sum, { stored = 0 }) => sum + stored, 0)).toBe(market.answered.size);
    // Not of each cycle: a cycle does not wait for a database that is slow on a busy machine.
    expect(cycles.find(({ stored, buffered }) => stored === 1 && buffered === 0)).toMatchObject({
      level: "info",
      fetched: 1,
      failure: null,
      attempts: 1,
      lag_seconds: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(collector.lines.at(-1)).toMatchObject({ msg: "stopped", buffered: 0 });
  });

  it("does not store a quote again that did not change", async () => {
    const settings = await makeDatabase();
    const { market, collect } = await collecting(settings, { updateEvery: 3_600_000 });
    const collector = collect();
    await collector.line(() => collector.lines.filter(cycle(null)).length >= 3);
    await stop(collector);
    const again = collect();
    await again.line(cycle(null));
    await stop(again);
    const stored = await storedIn(settings);
    expect(stored.map(({ last_updated }) => last_updated)).toEqual(
      [...market.answered.values()].map(({ last_updated }) => last_updated),
    );
  });

  it.each([
    ["types", "InvalidAnswer"],
    [1008, "MinuteLimit"],
    [1001, "ApiKeyInvalid"],
    [500, "ServerError"],
  ] as const)("names the failure of a cycle: %s is %s", async (trouble, name) => {
    const settings = await makeDatabase();
    const { collect } = await collecting(settings, { choose: () => trouble });
    const collector = collect();
    const line = await collector.line(cycle(name));
    expect(line).toMatchObject({ fetched: 0, stored: 0, detail: expect.stringMatching(/./) });
    expect(line.level).toBe(name === "ApiKeyInvalid" ? "error" : "warn");
    await stop(collector);
    expect(await storedIn(settings)).toEqual([]);
  });

  it("stores what comes out of order, and twice, once each", async () => {
    const settings = await makeDatabase();
    const { market, collect } = await collecting(settings);
    market.trouble(undefined, "duplicate", "old", "duplicate", "old", undefined, "skew");
    const collector = collect();
    await collector.line(() => market.requests.length >= 9);
    await finish(market, collector);
    const stored = await storedIn(settings);
    const answered = [...market.answered.values()];
    expect(stored).toEqual(
      answered.toSorted((a, b) => a.last_updated.localeCompare(b.last_updated)),
    );
    expect(stored).not.toEqual(answered);
  });

  it("beside two others stores each quote once", async () => {
    const settings = await makeDatabase();
    const { market, collect } = await collecting(settings, { updateEvery: 700 });
    const collectors = ["one", "two", "three"].map((name) => collect(name));
    await Promise.all(
      collectors.map(({ lines, line }) => line(() => lines.filter(cycle(null)).length >= 4)),
    );
    await finish(market, ...collectors);
    expect(await storedIn(settings)).toEqual(
      [...market.answered.values()].toSorted((a, b) =>
        a.last_updated.localeCompare(b.last_updated),
      ),
    );
  });
});

describe("the health checks", () => {
  const get = async (url: string) => {
    const response = await fetch(url);
    const { reason } = (await response.json()) as { reason?: string };
    return [response.status, reason];
  };

  it("are good once a cycle went well, also while the market is away", async () => {
    const { market, collect } = await collecting(await makeDatabase());
    const collector = collect();
    const health = await collector.health();
    expect((await fetch(`${health}/health/live`)).status).toBe(200);
    await expect.poll(() => get(`${health}/health/ready/`)).toEqual([200, undefined]);
    market.trouble(...Array.from({ length: 1000 }, () => 500 as const));
    await collector.line(cycle("ServerError"));
    expect(await get(`${health}/health/ready`)).toEqual([200, undefined]);
    expect((await fetch(`${health}/other`)).status).toBe(404);
    expect((await fetch(health, { method: "POST" })).status).toBe(405);
  });

  it("stay ready when what they were ready with is refused later, and say so where people ask", async () => {
    const { market, collect } = await collecting(await makeDatabase());
    const collector = collect();
    const health = await collector.health();
    await expect.poll(() => get(`${health}/health/ready`)).toEqual([200, undefined]);
    expect(await get(`${health}/health/deep`)).toEqual([200, undefined]);
    market.trouble(...Array.from({ length: 1000 }, () => 1007 as const));
    await collector.line(cycle("ApiKeyDisabled"));
    expect(await get(`${health}/health/ready`)).toEqual([200, undefined]);
    expect(await get(`${health}/health/deep`)).toEqual([503, expect.stringMatching(/^403 /)]);
  });

  it("say why quotes cannot be collected: a key that is refused", async () => {
    const { collect } = await collecting(await makeDatabase(), { choose: () => 1007 });
    const collector = collect();
    const health = await collector.health();
    await collector.line(cycle("ApiKeyDisabled"));
    const [status, reason] = await get(`${health}/health/ready`);
    expect(status).toBe(503);
    expect(reason).toMatch(/^403 \(code 1007\): This API Key has been disabled/);
  });

  it.each(["", "GET /health/l", "\x16\x03\x01"])(
    "do not hold up its end when a connection has sent %j and stays",
    async (sent) => {
      const { collect } = await collecting(await makeDatabase());
      const collector = collect("one", { SHUTDOWN_SECONDS: "600" });
      const health = await collector.health();
      const socket = connect({ port: Number(new URL(health).port), host: "127.0.0.1" });
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      if (sent) socket.write(sent);
      expect((await fetch(`${health}/health/live`)).status).toBe(200);
      expect(await stop(collector)).toBe(0);
    },
  );

  it("say why quotes cannot be collected: no database", async () => {
    const settings = await makeDatabase();
    const { collect } = await collecting({ ...settings, port: 1 });
    const collector = collect();
    const health = await collector.health();
    const line = await collector.line(cycle("DatabaseUnavailable"));
    expect(line.buffered).toBeGreaterThanOrEqual(1);
    expect(line).toMatchObject({
      fetched: 1,
      detail: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(await get(`${health}/health/ready`)).toEqual([503, "the database does not take quotes"]);
    expect((await fetch(`${health}/health/live`)).status).toBe(200);
    expect(await stop(collector)).toBe(0);
  });
});

describe("a start that must fail", () => {
  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ["no key", { CMC_API_KEY: "" }, /^The key of CoinMarketCap's API is missing: set CMC_API_KEY/],
    [
      "no database",
      { DB_HOST: "", DB_USER: "", DB_PASS: "", DB_NAME: "" },
      /^There is no database: set DB_HOST/,
    ],
    ["half a database", { DB_PASS: "" }, /^Wrong configuration: with DB_HOST, .* set DB_PASS, too/],
    ["a wrong interval", { INTERVAL: "often" }, /^Wrong configuration: INTERVAL is often/],
    ["a buffer that cannot be written", { BUFFER_FILE: "/proc/quotes.jsonl" }, /\/proc/],
  ])("for %s says so in one line, and ends with 1", async (_kind, environment, line) => {
    const settings = await makeDatabase();
    const { collect } = await collecting(settings);
    const { code, stderr } = await collect("one", environment).ended;
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(line)]);
    expect(code).toBe(1);
  });
});
