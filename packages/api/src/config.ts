import { type Static, Type } from "@sinclair/typebox";
import { LogLevel, OneOf, readConfiguration } from "@steadfast/core/process";

/** What the API reads from its environment; docs/configuration.md lists it. */
const ConfigSchema = Type.Object({
  HOST: Type.String({
    default: "127.0.0.1",
    description: "Address to listen on",
  }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, description: "Port" }),
  API_AUTH: OneOf(["owner", "open"], {
    default: "owner",
    description: "Who may change things: their owner with a token, or anybody",
  }),
  API_DOCS: OneOf(["on", "off"], {
    default: "on",
    description: "Whether Swagger UI and the OpenAPI document are served, at /docs",
  }),
  LOG_LEVEL: LogLevel,
  TRUST_PROXY: Type.String({
    default: "",
    description: "CIDRs of the nearest proxy, whose X-Forwarded-* headers count, comma separated",
  }),
  PROXY_HOPS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 10,
    description: "How many proxies a request comes through; the client is who talked to the first",
  }),
  CORS_ORIGIN: Type.String({
    default: "",
    description: "Origins whose pages may call the API, comma separated; none: CORS is off",
  }),
  DRAIN_SECONDS: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 3600,
    description: "How long to serve on after SIGTERM, while readiness already fails",
  }),
  SHUTDOWN_SECONDS: Type.Number({
    default: 10,
    minimum: 1,
    maximum: 3600,
    description: "How long requests may take to finish after that",
  }),
  PASSWORD_CONCURRENCY: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: "Passwords hashed at once, 19 MiB and a thread each",
  }),
  PASSWORD_QUEUE: Type.Integer({
    default: 64,
    minimum: 0,
    maximum: 10_000,
    description:
      "Passwords that may wait for that, of registrations and of others; beyond it the answer is 429",
  }),
  OVERLOAD_DELAY_MS: Type.Integer({
    default: 1000,
    minimum: 0,
    maximum: 60_000,
    description: "How far the event loop may be behind before requests get 503; 0: no matter",
  }),
  LOGIN_FAILURES: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
    description: "Failed logins per login and address in 15 minutes; beyond it the answer is 429",
  }),
  REGISTRATIONS: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 1_000_000,
    description: "Registrations from an address in 15 minutes; beyond it the answer is 429",
  }),
  USER_WRITES: Type.Integer({
    default: 600,
    minimum: 1,
    maximum: 1_000_000,
    description: "Changes of one user in a minute; beyond it the answer is 429",
  }),
  REMOVAL_RATE: Type.Integer({
    default: 200,
    minimum: 0,
    maximum: 10_000,
    description:
      "Posts of removed users that this process removes a second; 0: none, it only watches",
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: "",
    pattern: "^(https?://[^\\s/?#]+(/[^\\s?#]*)?)?$",
    examples: ["http://127.0.0.1:4318"],
    description: "Collector that gets metrics and traces by OTLP; none: neither is made",
  }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    default: 0.01,
    minimum: 0,
    maximum: 1,
    description: "Share of the requests that are traced",
  }),
});

export type Config = Static<typeof ConfigSchema>;

/** @throws one line that names each wrong variable and what it may be */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return readConfiguration(ConfigSchema, env);
}
