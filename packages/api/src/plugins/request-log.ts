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
 * One line a request, and its part of the metrics, when it has been answered or its client has left:
 * id, the client's address, route pattern (never the path, whose ids would make every line its own
 * kind), status and milliseconds; and the trace of a request that has one.
 */
export const requestLog = fp(async (app) => {
  // What such a line has is listed below, and nothing of it is secret: no need to look through it.
  app.decorate("requestLogger", app.log.child({}, { redact: [] }));
  // Hooks of every request take a callback: a promise each would be waste.
  app.addHook("onRequest", (request, reply, done) => {
    const { raw } = reply;
    reply.header("x-request-id", request.id);
    // Of a connection that is gone nobody can tell whose it was.
    const { ip } = request;
    // Fastify's `onResponse` does not come when a client leaves.
    raw.once("close", () =>
      report(request, reply, { client: ip, status: raw.writableEnded ? reply.statusCode : GONE }),
    );
    done();
  });
});

/** The status of a request whose client left before it was answered, as nginx has it. */
const GONE = 499;

/** What is known of a request when it is over. */
interface Outcome {
  client: string;
  status: number;
}

function report(request: FastifyRequest, reply: FastifyReply, outcome: Outcome): void {
  logRequest(request, reply, outcome);
  request.server.measureRequest?.(request, reply, outcome.status);
}

/** What `request.log` is: a logger whose lines have the request's id, and the level of its route. */
export const requestLoggerOf: NonNullable<FastifyServerOptions["childLoggerFactory"]> = (
  logger,
  bindings,
  options,
) => new LazyChild(logger, bindings, options);

const METHODS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/**
 * A child of a logger that is made when it is first used. Few requests have something to say by
 * themselves, and making a child of pino's takes longer than writing a line.
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
  // Some routes ask for less than others, by their `logLevel`.
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
