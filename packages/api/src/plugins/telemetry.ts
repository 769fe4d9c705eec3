import type { Attributes, Span } from "@opentelemetry/api";
import type { Posts, Users } from "@steadfast/core";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { startSdk } from "../telemetry/sdk.ts";
import { Tracing } from "../telemetry/tracing.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Of the requests that are traced; `undefined` for the others, and where telemetry is off. */
    span?: Span | undefined;
  }
  interface FastifyInstance {
    /**
     * Adds a request to the metrics and ends its span; missing where telemetry is off.
     * @param status as it was answered, or 499 where the client left before
     */
    measureRequest?: (request: FastifyRequest, reply: FastifyReply, status: number) => void;
    /** Adds what was no HTTP request to the metrics; missing where telemetry is off. */
    measureMalformed?: (status: number) => void;
  }
}

export interface TelemetryOptions {
  /** Base URL of an OTLP collector, e.g. `http://127.0.0.1:4318`. */
  endpoint: string;
  /** Share of the requests that are traced, 0 to 1. */
  share: number;
}

/**
 * Metrics of every request and traces of some, by OpenTelemetry, to a collector. This module, which
 * loads the SDK, is imported only where somebody asks for it.
 */
export function createTelemetry(options: TelemetryOptions, onError: (message: string) => void) {
  const sdk = startSdk({ endpoint: options.endpoint, onError });
  const tracing = new Tracing(sdk.tracer, options.share);
  const plugin = fp(async (app) => {
    const methods = new Set(app.supportedMethods);
    app.decorateRequest("span", undefined);
    app.decorate("measureRequest", (request, reply, status) => {
      const attributes = attributesOf(request, status, methods);
      sdk.duration.record(reply.elapsedTime / 1000, attributes);
      if (request.span) tracing.end(request.span, answered(request, status, attributes));
    });
    app.decorate("measureMalformed", (status) => sdk.duration.record(0, malformed(status)));
    app.addHook("onRequest", (request, _reply, done) => {
      request.span = tracing.start(request);
      done();
    });
    // Not sooner: reading the body would end what `run` begins.
    app.addHook("preHandler", ({ span }, _reply, done) => {
      if (span) tracing.run(span, done);
      else done();
    });
    app.addHook("onClose", () => sdk.shutdown());
  });
  return {
    plugin,
    /** The repositories, whose calls are spans of traced requests. */
    traced: (target: { users: Users; posts: Posts }) => ({
      users: tracing.traced("users", target.users),
      posts: tracing.traced("posts", target.posts),
    }),
  };
}

/**
 * By what requests are told apart, named as the semantic conventions have it. The route is a pattern,
 * for ids would make each request its own kind, and a method that no route has is any other.
 */
function attributesOf(
  request: FastifyRequest,
  status: number,
  methods: ReadonlySet<string>,
): Attributes {
  return {
    ...malformed(status),
    ...(methods.has(request.method) && { "http.request.method": request.method }),
    ...(request.routeOptions.url && { "http.route": request.routeOptions.url }),
  };
}

function malformed(status: number): Attributes {
  return {
    "http.request.method": "_OTHER",
    "http.route": "(none)",
    "http.response.status_code": status,
  };
}

function answered(request: FastifyRequest, status: number, attributes: Attributes) {
  return {
    name: `${attributes["http.request.method"]} ${attributes["http.route"]}`,
    status,
    // By which the log finds it.
    attributes: { ...attributes, "request.id": request.id },
  };
}
