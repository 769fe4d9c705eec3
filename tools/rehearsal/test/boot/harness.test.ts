import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { chart } from "../../boot/chart.ts";
import { readDrain, type Sign } from "../../boot/checks/probe.ts";
import { createCommand } from "../../boot/database.ts";
import { HttpClient } from "../../boot/load/http.ts";
import type { Sample } from "../../boot/load/load.ts";
import { between, inWords, perSecond, quantile, summarise } from "../../boot/load/statistics.ts";
import { withSettings } from "../../boot/stage.ts";

const sample = (at: number, ms = 5, outcome: number | string = 200): Sample => ({
  at,
  ms,
  outcome,
  ok: outcome === 200,
  write: false,
});

describe("the statistics", () => {
  it("take the nearest rank", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
    expect(quantile([], 0.5)).toBe(0);
  });

  it("count failures by how they ended", () => {
    const summary = summarise([sample(0), sample(1, 7, 503), sample(2, 9, "ECONNRESET")]);
    expect(summary).toMatchObject({ requests: 3, failed: 2, failures: { 503: 1, ECONNRESET: 1 } });
    expect(inWords(summary)).toBe(
      "3 requests, 2 failed (1 × 503, 1 × ECONNRESET); p50 7 ms, p99 9 ms, max 9 ms",
    );
  });

  it("cut stretches of time and seconds by when a request was due", () => {
    const samples = [sample(1000), sample(1999), sample(2000, 5, 503), sample(4000)];
    expect(between(samples, 1000, 2000)).toHaveLength(2);
    expect(
      perSecond(samples).map(({ second, requests, failed }) => [second, requests, failed]),
    ).toEqual([
      [0, 2, 0],
      [1, 1, 1],
      [3, 1, 0],
    ]);
  });
});

describe("the chart", () => {
  it("has a bar for each second's requests and failures, and says the sums", () => {
    const svg = chart(
      [sample(0), sample(500, 5, 503), sample(1500)],
      [{ at: 1000, what: "the change" }],
    );
    const bars = (color: string) => svg.split(`<g fill="${color}">`)[1]?.split("</g>")[0];
    const [requests, failed] = [bars("#4a7fb5"), bars("#c62828")];
    const heights = (rects = "") =>
      [...rects.matchAll(/ height="([\d.]+)"/g)].map(([, h]) => Number(h));
    expect(heights(requests)).toHaveLength(2);
    expect(heights(failed).map((height) => height > 0)).toEqual([true, false]);
    expect(svg).toContain("3 requests, 1 failed");
    expect(svg).toContain(">the change</text>");
  });
});

describe("the signs of a drain", () => {
  const sign = (at: number, path: string, outcome: number | string, closes = true): Sign => ({
    at,
    path: `/health/${path}`,
    outcome,
    closes,
  });

  it("say how long an instance served on", () => {
    const drain = readDrain([
      sign(0, "ready", 200, false),
      sign(0, "live", 200, false),
      sign(1000, "ready", 503),
      sign(1000, "live", 200, false),
      sign(3000, "live", 200),
      sign(4000, "live", "ECONNREFUSED"),
    ]);
    expect(drain).toEqual({
      began: 1000,
      servedSeconds: 2,
      answers: 1,
      kept: 0,
      end: "ECONNREFUSED",
    });
  });

  it("are refused when the port closed before readiness failed", () => {
    expect(() => readDrain([sign(0, "ready", 200), sign(1, "ready", "ECONNREFUSED")])).toThrow(
      "readiness ended with ECONNREFUSED, not with 503",
    );
  });
});

describe("user data with other values", () => {
  const text = "APP_KEY='a'\nPORT='3000'\n";

  it("has them, whatever stands in them", () => {
    expect(withSettings(text, { APP_KEY: "$&" })).toBe("APP_KEY='$&'\nPORT='3000'\n");
  });

  it("cannot be had for a setting that is not there", () => {
    expect(() => withSettings(text, { nothing: "x" })).toThrow("no setting nothing");
  });
});

it("tables are made again as they are, with their indexes", () => {
  const keys = [{ AttributeName: "id", KeyType: "HASH" as const }];
  const index = { IndexName: "I", KeySchema: keys, Projection: { ProjectionType: "ALL" as const } };
  const table = { TableName: "T", KeySchema: keys, AttributeDefinitions: [] };
  const made = { ...table, GlobalSecondaryIndexes: [{ ...index, IndexStatus: "ACTIVE" as const }] };
  expect(createCommand(made).input.GlobalSecondaryIndexes).toEqual([index]);
  expect(createCommand({ ...table, GlobalSecondaryIndexes: [] }).input).not.toHaveProperty(
    "GlobalSecondaryIndexes",
  );
});

describe("the load's client", () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const serve = (answer: Parameters<typeof createServer>[1]) =>
    new Promise<string>((resolve) => {
      server = createServer(answer as never).listen(0, "127.0.0.1", () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      );
    });

  it("gives up a request without an answer, and does not repeat it", async () => {
    let requests = 0;
    const http = new HttpClient(await serve(() => void requests++), 200);
    await expect(http.send({ method: "GET", path: "/" })).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    expect(requests).toBeLessThan(2);
    http.close();
  });

  it("fails when an answer breaks off", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("part");
      setTimeout(() => response.destroy(), 50);
    });
    const http = new HttpClient(url);
    await expect(http.send({ method: "GET", path: "/" })).rejects.toMatchObject({
      code: "ECONNRESET",
    });
    http.close();
  });
});
