import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectStatus, register, startApi, write } from "./support/api.ts";
import { listening, spawnApi } from "./support/api-process.ts";
import { Collector } from "./support/otlp.ts";

const REQUESTS = "http.server.request.duration";
const LISTS_MODULES = fileURLToPath(new URL("support/list-modules.ts", import.meta.url));

/** An API that sends to its own collector, flushed by `close`. */
async function observed(share = "0") {
  const collector = await Collector.start();
  const api = await startApi({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/`,
      OTEL_TRACES_SAMPLER_ARG: share,
    },
  });
  return { api, collector };
}

describe("metrics", () => {
  it("count requests and their seconds by method, route pattern and status", async () => {
    const { api, collector } = await observed();
    const ada = await register(api);
    for (let i = 0; i < 3; i++) await api.call("GET", `/users/${ada.id}`);
    for (let i = 0; i < 2; i++) await api.call("GET", `/users/${randomUUID()}`);
    await write(api, ada);
    await api.call("GET", `/nowhere/${randomUUID()}`);
    await api.call("GET", `/nowhere/${randomUUID()}`);
    await api.call("GET", "/users/%zz");
    await api.app.close();
    expect(counts(collector)).toEqual({
      "POST /users/ 201": 1,
      "POST /sessions 200": 1,
      "GET /users/:id 200": 3,
      "GET /users/:id 404": 2,
      "POST /posts/ 201": 1,
      "GET (none) 404": 2,
      "GET (none) 400": 1,
    });
    for (const { count, sum, bucketCounts, explicitBounds } of points(collector)) {
      expect(bucketCounts.map(Number).reduce((a, b) => a + b)).toBe(Number(count));
      // Seconds, not milliseconds.
      expect(sum / Number(count)).toBeLessThan(10);
      expect(explicitBounds).toContain(0.1);
    }
  });

  it("have nothing of a request but these: no id, path, body or header", async () => {
    const { api, collector } = await observed("1");
    const ada = await register(api);
    await api.call("PUT", `/users/${ada.id}?x=${randomUUID()}`, { body: {}, token: ada.token });
    await api.app.close();
    const sent = JSON.stringify([...collector.metrics, collector.spans, collector.resources]);
    for (const secret of [ada.id, ada.login, ada.password, ada.token]) {
      expect(sent).not.toContain(secret);
    }
    expect(Object.keys(points(collector)[0]?.attributes ?? {}).sort()).toEqual([
      "http.request.method",
      "http.response.status_code",
      "http.route",
    ]);
  });

  it("take a method that no route has for any other, so that callers cannot make up kinds", async () => {
    const { api, collector } = await observed();
    for (const method of ["PROPFIND", "MKCOL"]) {
      await api.app.inject({ method: method as "GET", url: "/" });
    }
    await api.app.close();
    expect(counts(collector)).toMatchObject({ "_OTHER / 405": 2 });
  });

  it("say which process sent them, how busy it was, and how large", async () => {
    const { api, collector } = await observed();
    await api.app.close();
    expect(collector.resources[0]).toMatchObject({
      "service.name": "steadfast-api",
      "service.version": expect.stringMatching(/^\d+\.\d+\.\d+$/),
      "service.instance.id": expect.any(String),
      "deployment.environment.name": "local",
    });
    expect([...collector.metrics.keys()]).toEqual(
      expect.arrayContaining(["nodejs.eventloop.utilization", "process.memory.usage"]),
    );
  });
});

describe("a traced request", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

  it("is a span under its caller's, its calls of the repositories are spans under it", async () => {
    const { api, collector } = await observed();
    const { id } = await register(api);
    const answer = await api.call("GET", `/users/${id}`, { headers: { traceparent } });
    const line = api.log.at(-1);
    await api.app.close();
    const [call, request] = collector.spans;
    expect(collector.spans).toHaveLength(2);
    expect(request).toMatchObject({
      traceId,
      parentSpanId: "00f067aa0ba902b7",
      name: "GET /users/:id",
      kind: 2,
      attributes: {
        "http.request.method": "GET",
        "http.route": "/users/:id",
        "http.response.status_code": 200,
        "request.id": answer.headers["x-request-id"],
      },
    });
    expect(call).toMatchObject({ traceId, parentSpanId: request?.spanId, name: "users.get" });
    expect(line).toMatchObject({ reqId: answer.headers["x-request-id"], trace_id: traceId });
  });

  it("with a body has the same spans", async () => {
    const { api, collector } = await observed();
    const ada = await register(api);
    const headers = { traceparent };
    const body = { content: "Hello" };
    expectStatus(201, await api.call("POST", "/posts/", { token: ada.token, body, headers }));
    await api.app.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(["posts.create", "POST /posts/"]);
  });

  it("that fails says so, by the kind of the error and without its message", async () => {
    const { api, collector } = await observed();
    await api.call("GET", `/users/${randomUUID()}`, { headers: { traceparent } });
    await api.app.close();
    const [call, request] = collector.spans;
    expect(call?.attributes).toEqual({ "error.type": "not_found" });
    expect(request?.status.code).toBe(0);
  });

  it("is one a second at most where callers ask for it, as anybody can", async () => {
    const { api, collector } = await observed();
    for (let i = 0; i < 20; i++) await api.call("GET", "/", { headers: { traceparent } });
    await api.app.close();
    expect(collector.spans.length).toBeGreaterThanOrEqual(1);
    expect(collector.spans.length).toBeLessThan(20);
  });

  it.each(["rubbish", `00-${traceId}-00f067aa0ba902b7-00`, `00-${"0".repeat(32)}-1-01`])(
    "is not asked for by traceparent %s",
    async (header) => {
      const { api, collector } = await observed();
      await api.call("GET", "/", { headers: { traceparent: header } });
      await api.app.close();
      expect(collector.spans).toEqual([]);
    },
  );

  it.each([
    ["1", 50],
    ["0", 0],
  ])("is drawn by share: of 50 with %s it is %d", async (share, expected) => {
    const { api, collector } = await observed(share);
    for (let i = 0; i < 50; i++) await api.call("GET", "/health/live");
    await api.app.close();
    const live = collector.spans.filter(({ name }) => name === "GET /health/live");
    expect(live).toHaveLength(expected);
    expect(new Set(live.map((span) => span.traceId)).size).toBe(expected);
  });
});

describe("a collector that is away", () => {
  it("costs a warning, no request and no orderly end", async () => {
    const api = spawnApi({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" } });
    const address = await listening(api);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    api.child.kill("SIGTERM");
    const warning = await api.logged("telemetry was not sent");
    expect(warning).toMatchObject({ level: "warn", reason: expect.stringMatching(/ECONNREFUSED/) });
    await expect(api.ended).resolves.toMatchObject({ code: 0, stderr: "" });
  });
});

describe("telemetry that nobody asked for", () => {
  it("is not even loaded, and adds nothing to requests and log", async () => {
    const modules = await modulesOf({});
    expect(modules.some((url) => url.includes("/fastify/"))).toBe(true);
    expect(modules.filter((url) => url.includes("opentelemetry"))).toEqual([]);
    const api = await startApi();
    await api.call("GET", `/users/${randomUUID()}`, { headers: { traceparent: "x" } });
    expect(api.app.measureRequest).toBeUndefined();
    expect(api.log.at(-1)).not.toHaveProperty("trace_id");
  });

  it("would be seen if it were (the line above means something)", async () => {
    const modules = await modulesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    expect(modules.some((url) => url.includes("opentelemetry"))).toBe(true);
  });
});

/** The modules that a process of the API has loaded when it listens. */
async function modulesOf(env: Record<string, string>): Promise<string[]> {
  const api = spawnApi({
    env,
    command: (node, args) => [node, ["--import", LISTS_MODULES, ...args]],
  });
  onTestFinished(() => void api.child.kill("SIGKILL"));
  await listening(api);
  api.child.kill("SIGTERM");
  const { modules } = await api.logged("modules");
  return modules as string[];
}

function points({ metrics }: Collector) {
  return metrics.get(REQUESTS) ?? [];
}

/** Requests by "method route status". */
function counts(collector: Collector): Record<string, number> {
  return Object.fromEntries(
    points(collector).map(({ attributes, count }) => [
      [
        attributes["http.request.method"],
        attributes["http.route"],
        attributes["http.response.status_code"],
      ].join(" "),
      Number(count),
    ]),
  );
}
