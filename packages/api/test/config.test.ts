import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";
import { startApi } from "./support/api.ts";

const proxied = await startApi({ env: { TRUST_PROXY: " 10.0.0.0/8, fd00::/8 ,127.0.0.1,::1, " } });

describe("the configuration", () => {
  it("needs nothing", () => {
    expect(loadConfig({})).toEqual({
      HOST: "127.0.0.1",
      PORT: 3000,
      API_AUTH: "owner",
      API_DOCS: "on",
      LOG_LEVEL: "info",
      TRUST_PROXY: "",
      PROXY_HOPS: 1,
      CORS_ORIGIN: "",
      DRAIN_SECONDS: 0,
      SHUTDOWN_SECONDS: 10,
      PASSWORD_CONCURRENCY: 2,
      PASSWORD_QUEUE: 64,
      OVERLOAD_DELAY_MS: 1000,
      LOGIN_FAILURES: 10,
      REGISTRATIONS: 50,
      USER_WRITES: 600,
      REMOVAL_RATE: 200,
      OTEL_EXPORTER_OTLP_ENDPOINT: "",
      OTEL_TRACES_SAMPLER_ARG: 0.01,
    });
  });

  it("reads numbers, takes an empty variable for none, and nothing that it does not know", () => {
    const config = loadConfig({ PORT: "8080", DRAIN_SECONDS: "2.5", HOST: "", HOME: "/home/ada" });
    expect(config).toEqual({ ...loadConfig({}), PORT: 8080, DRAIN_SECONDS: 2.5 });
  });

  it.each([
    [{ PORT: "abc" }, 'PORT is "abc"; it must be an integer'],
    [{ PORT: "70000" }, 'PORT is "70000"; it must be <= 65535'],
    [{ PORT: "3000.5" }, 'PORT is "3000.5"; it must be an integer'],
    [{ API_AUTH: "none" }, 'API_AUTH is "none"; it must be one of owner, open'],
    [{ DRAIN_SECONDS: "soon" }, 'DRAIN_SECONDS is "soon"; it must be a number'],
    [{ SHUTDOWN_SECONDS: "0" }, 'SHUTDOWN_SECONDS is "0"; it must be >= 1'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318"; it must be like http://127.0.0.1:4318',
    ],
    [{ OTEL_TRACES_SAMPLER_ARG: "5" }, 'OTEL_TRACES_SAMPLER_ARG is "5"; it must be <= 1'],
    [
      { PORT: "-1", LOG_LEVEL: "loud" },
      'PORT is "-1"; it must be >= 0. LOG_LEVEL is "loud"; it must be one of trace, debug, info, warn, error, fatal, silent',
    ],
  ])("%j is refused with what is allowed", (env, reason) => {
    expect(() => loadConfig(env)).toThrow(new Error(`Wrong configuration: ${reason}.`));
  });
});

describe("TRUST_PROXY", () => {
  it("may be addresses and CIDRs of both kinds", async () => {
    const body = { login: "nobody", password: "not the password" };
    const answer = await proxied.call("POST", "/sessions", { body });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    "here",
    "10.1",
    "10.0.0.0/33",
    "10.0.0/8",
    "fd00::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "true",
  ])("must not be %s", async (range) => {
    const start = startApi({ env: { TRUST_PROXY: `127.0.0.1,${range}` } });
    await expect(start).rejects.toThrow(
      `Wrong configuration: TRUST_PROXY has ${range}, which is no IP address or CIDR.`,
    );
  });
});

describe("CORS_ORIGIN", () => {
  it.each(["*", "null", "app.example.com", "https://app.example.com/", "https://a.example/app"])(
    "must not be %s, which no browser would send",
    async (origin) => {
      const start = startApi({ env: { CORS_ORIGIN: `http://localhost:5173, ${origin}` } });
      await expect(start).rejects.toThrow(
        `Wrong configuration: CORS_ORIGIN has ${origin}, which is no origin like https://app.example.com.`,
      );
    },
  );
});
