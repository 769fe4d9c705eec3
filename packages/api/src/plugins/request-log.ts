import type { FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";

/**
 * One line a request, when it has been answered: id, route pattern (never the path, whose ids would
 * make every line its own kind), status and milliseconds.
 */
export const requestLog = fp(async (app) => {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => logRequest(request, reply));
});

/** Logs the line of a request that has been answered. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode: status } = reply;
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? "(none)",
    status,
    ms: Math.round(reply.elapsedTime * 10) / 10,
  };
  if (status === 500) request.log.error(line, "request");
  else request.log.info(line, "request");
}
