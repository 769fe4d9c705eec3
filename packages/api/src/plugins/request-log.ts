import type {
  FastifyBaseLogger,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from "fastify";
import fp from "fastify-plugin";
import { levels } from "pino";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes the lines of requests. */
    requestLogger: FastifyBaseLogger;
  }
}

/**
 * Logs one line per request, and counts it in the metrics, once it is answered or the client has
 * left. It has the route's pattern, because ids would make every line unique.
 */
export const requestLog = fp(async (app) => {
  // These lines contain nothing secret, so redaction is skipped.
  app.decorate("requestLogger", app.log.child({}, { redact: [] }));
  // A promise for each request's hook would cost more than a callback.
  app.addHook("onRequest", (request, reply, done) => {
    const { raw } = reply;
    reply.header("x-request-id", request.id);
    // A closed socket no longer knows its address.
    const { ip } = request;
    // Fastify's `onResponse` does not run when a client leaves.
    raw.once("close", () =>
      report(request, reply, { client: ip, status: raw.writableEnded ? reply.statusCode : GONE }),
    );
    done();
  });
});

/** As in nginx: the client left before the answer. */
const GONE = 499;

interface Outcome {
  client: string;
  status: number;
}

function report(request: FastifyRequest, reply: FastifyReply, outcome: Outcome): void {
  logRequest(request, reply, outcome);
  request.server.measureRequest?.(request, reply, outcome.status);
}

/** `request.log`, with the request's id and its route's level. */
export const requestLoggerOf: NonNullable<FastifyServerOptions["childLoggerFactory"]> = (
  logger,
  bindings,
  options,
) => new LazyChild(logger, bindings, options);

const METHODS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/**
 * A child logger created on first use: few requests log anything themselves, and creating a pino
 * child costs more than writing a line.
 */
class LazyChild implements FastifyBaseLogger {
  declare readonly fatal: FastifyBaseLogger["fatal"];
  declare readonly error: FastifyBaseLogger["error"];
  declare readonly warn: FastifyBaseLogger["warn"];
  declare readonly info: FastifyBaseLogger["info"];
  declare readonly debug: FastifyBaseLogger["debug"];
  declare readonly trace: FastifyBaseLogger["trace"];
  declare readonly silent: FastifyBaseLogger["silent"];

  readonly #parent: FastifyBaseLogger;
  readonly #arguments: Parameters<FastifyBaseLogger["child"]>;
  #made: FastifyBaseLogger | undefined;

  static {
    for (const name of METHODS) {
      const value = function (this: LazyChild, ...line: [string]) {
        this.#child[name](...line);
      };
      Object.defineProperty(LazyChild.prototype, name, { value });
    }
  }

  constructor(parent: FastifyBaseLogger, ...args: Parameters<FastifyBaseLogger["child"]>) {
    this.#parent = parent;
    this.#arguments = args;
  }

  get level(): string {
    return this.#arguments[1]?.level ?? this.#parent.level;
  }

  child(...args: Parameters<FastifyBaseLogger["child"]>): FastifyBaseLogger {
    return this.#child.child(...args);
  }

  get #child(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(...this.#arguments);
    return this.#made;
  }
}

function logRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { client, status }: Outcome,
): void {
  const level = status === 500 ? "error" : "info";
  // Some routes log less, by their `logLevel`.
  if (severity(level) < severity(request.log.level)) return;
  const line = {
    reqId: request.id,
    client,
    method: request.method,
    route: request.routeOptions.url ?? "(none)",
    status,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    trace_id: request.span?.spanContext().traceId,
  };
  request.server.requestLogger[level](line, "request");
}

function severity(level: string): number {
  return levels.values[level] ?? Number.POSITIVE_INFINITY;
}
