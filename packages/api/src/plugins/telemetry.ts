import type { Attributes, Span } from "@opentelemetry/api";
import type { Posts, Users } from "@steadfast/core";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { startSdk } from "../telemetry/sdk.ts";
import { Tracing } from "../telemetry/tracing.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** `undefined` without telemetry, and for requests that are not traced. */
    span?: Span | undefined;
  }
  interface FastifyInstance {
    /** Adds a request to the metrics and ends its span; missing without telemetry. */
    measureRequest?: (request: FastifyRequest, reply: FastifyReply, status: number) => void;
    /** Adds a malformed request to the metrics; missing without telemetry. */
    measureMalformed?: (status: number) => void;
  }
}

export interface TelemetryOptions {
  /** Base URL of an OTLP collector. */
  endpoint: string;
  /** Share of the requests to trace, 0 to 1. */
  share: number;
}

/** Metrics of all requests and traces of some, for an OpenTelemetry collector. Loads the SDK. */
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
    // Reading the body would leave the context that `run` starts.
    app.addHook("preHandler", ({ span }, _reply, done) => {
      if (span) tracing.run(span, done);
      else done();
    });
    app.addHook("onClose", () => sdk.shutdown());
  });
  return {
    plugin,
    /** Wraps the repositories, so that their calls become spans. */
    traced: (target: { users: Users; posts: Posts }) => ({
      users: tracing.traced("users", target.users),
      posts: tracing.traced("posts", target.posts),
    }),
  };
}

/**
 * By the semantic conventions. The route is a pattern: ids would make each request its own group.
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
    // Links the span to the log.
    attributes: { ...attributes, "request.id": request.id },
  };
}
