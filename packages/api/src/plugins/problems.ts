import { DomainError } from "@steadfast/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem, toHttpProblem } from "../problems.ts";
import { isReadable } from "../raw-http.ts";
import { Problem } from "../schemas/problem.ts";

/** Every answer that is not a success is a problem document of RFC 9457. */
export const problems = fp(async (app) => {
  app.addSchema(Problem);
  app.setErrorHandler(sendProblem);
  // Behind all that asks who it is, and before its body, of which nobody will make use.
  app.addHook("preParsing", (request, _reply, body, done) => {
    done(request.is404 ? whyNotFound(request) : null, body);
  });
});

/** Why there is no route. */
function whyNotFound({ originalUrl }: FastifyRequest): HttpProblem {
  if (!isReadable(originalUrl))
    return new HttpProblem(400, "Bad Request", "The path is not a valid URL.");
  return new HttpProblem(404, "Not Found", "There is nothing here.");
}

/** Answers with the problem behind an error; a bug is logged with its stack, and only there. */
function sendProblem(
  error: FastifyError | Error | unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { problem, headers } = toHttpProblem(error);
  if (problem.status === 500) request.log.error({ err: error }, "unexpected error");
  else if (problem.status === 503) {
    const { message, cause, dependency } = error as Error & Partial<DomainError>;
    const line = { reason: message, cause: cause && describe(cause as Error), dependency };
    request.log.warn(line, "unavailable");
  } else if (error instanceof DomainError && error.kind === "limited") {
    // What one client is refused for its own doing is in the request's line; this is many clients' doing.
    request.log.warn({ reason: error.message }, "turned away");
  }
  return reply
    .code(problem.status)
    .headers(headers)
    .type("application/problem+json")
    .send({ ...problem, request_id: request.id });
}

/** An error in a line: its name, where that says something, its code, and what it says. */
function describe(error: Error & { code?: unknown }): string {
  const { name, code, message } = error;
  const words = [name === "Error" || name === "error" ? "" : name, code, message.split("\n")[0]];
  return words.filter(Boolean).join(" ").slice(0, 300);
}
