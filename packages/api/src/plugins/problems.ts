import { DomainError } from "@steadfast/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem, toHttpProblem } from "../problems.ts";
import { isReadable } from "../raw-http.ts";
import { FieldError, Problem } from "../schemas/problem.ts";

/** Turns every unsuccessful answer into an RFC 9457 problem document. */
export const problems = fp(async (app) => {
  app.addSchema(FieldError);
  app.addSchema(Problem);
  app.setErrorHandler(sendProblem);
  // After authentication, and before a body that nobody will use.
  app.addHook("preParsing", (request, _reply, body, done) => {
    done(request.is404 ? whyNotFound(request) : null, body);
  });
});

function whyNotFound({ originalUrl }: FastifyRequest): HttpProblem {
  if (!isReadable(originalUrl)) return new HttpProblem(400, "The path is not a valid URL.");
  return new HttpProblem(404, "There is nothing here.");
}

/** Bugs are logged with their stack and never shown. */
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
    // The request's own line covers what one client did; this concerns many.
    request.log.warn({ reason: error.message }, "turned away");
  }
  return reply
    .code(problem.status)
    .headers(headers)
    .type("application/problem+json")
    .send({ ...problem, request_id: request.id });
}

/** An error in one line. */
function describe(error: Error & { code?: unknown }): string {
  const { name, code, message } = error;
  const words = [name === "Error" || name === "error" ? "" : name, code, message.split("\n")[0]];
  return words.filter(Boolean).join(" ").slice(0, 300);
}
