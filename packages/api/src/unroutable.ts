import type { RequestListener } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import { sendProblem } from "./plugins/problems.ts";
import { logRequest } from "./plugins/request-log.ts";
import { HttpProblem } from "./problems.ts";

/** How long a client that speaks no HTTP may take to hang up, in milliseconds. */
const GOODBYE = 1000;

/**
 * Answers a request whose path is no URL, or has too long a part: before there is a route, so that
 * no hook runs. What hooks do for the others is done here.
 */
export function answerUnroutable(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.raw.once("finish", () => {
    logRequest(request, reply);
    request.server.measureRequest?.(request, reply);
  });
  reply.headers({ "x-request-id": request.id, "x-content-type-options": "nosniff" });
  sendProblem(error, request, reply);
}

/** Answers a request whose `Expect` is not `100-continue`, of which Fastify does not even hear. */
export const answerExpectation: RequestListener = (_request, response) => {
  const { problem } = new HttpProblem(
    417,
    "Expectation Failed",
    "Expect may be 100-continue only.",
  );
  response.statusCode = problem.status;
  response.setHeader("content-type", "application/problem+json");
  response.setHeader("connection", "close");
  response.end(JSON.stringify(problem));
};

/** Answers what is no HTTP request, and hangs up. */
export const answerMalformedHttp: NonNullable<FastifyServerOptions["clientErrorHandler"]> = (
  error,
  socket,
) => {
  if (socket.destroyed || !socket.writable) return;
  const [status, title, detail]: [number, string, string] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large", "The headers may have 16 KiB at most."]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout", "The request took too long to arrive."]
        : [400, "Bad Request", "This is not an HTTP request."];
  const body = JSON.stringify(new HttpProblem(status, title, detail).problem);
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Ours is the first half of the hanging up; a client that never does the other must not stay.
  setTimeout(() => socket.destroy(), GOODBYE).unref();
};
