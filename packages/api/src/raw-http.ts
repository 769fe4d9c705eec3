/** What Node's server would answer, refuse or lose before Fastify sees it. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { HttpProblem } from "./problems.ts";

/** Milliseconds that a client with malformed HTTP has to close its side. */
const GOODBYE = 1000;

/** A path without a route. */
const NOWHERE = "/-";

/** Routes unreadable paths to the not-found handler, behind all hooks. */
export function rewriteUrl({ url = NOWHERE }: IncomingMessage): string {
  return isReadable(url) ? url : NOWHERE;
}

/** Whether a path or URL has valid percent-encoding. */
export function isReadable(url: string): boolean {
  if (!url.startsWith("/") && !/^https?:\/\//i.test(url)) return false;
  if (!url.includes("%")) return true;
  try {
    decodeURIComponent(url.split(/[?#]/, 1)[0] as string);
    return true;
  } catch {
    return false;
  }
}

/** Lets Fastify answer what Node would answer itself, and serves half-closed connections. */
export function prepareServer(app: FastifyInstance): void {
  const server: Server = app.server;
  // From a request's first byte, so above the keep-alive timeout.
  server.headersTimeout = 75_000;
  // Answers a complete request even if its sender has closed its side.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  const handOver: RequestListener = (request, response) => {
    // The client may or may not send the body before `continueUpload`, so nothing can follow it.
    response.setHeader("connection", "close");
    server.emit("request", request, response);
  };
  server.on("checkContinue", handOver);
  server.on("checkExpectation", handOver);
  // Node would hang up without a word.
  server.on("connect", (_request, socket) => refuse(app, socket as Socket, NO_PROXY));
}

/** Asks a client that waits (`Expect: 100-continue`) to send the body; HTTP/1.0 has no 100. */
export function continueUpload(response: ServerResponse): void {
  if (response.req.httpVersion === "1.0") return;
  response.setHeader("connection", "keep-alive");
  response.writeContinue();
}

/** Sockets whose last answer is due or sent. */
const refused = new WeakSet<Socket>();

/** Answers malformed HTTP after everything before it, then closes the connection. */
export const answerMalformedHttp: NonNullable<FastifyServerOptions["clientErrorHandler"]> =
  function (this: FastifyInstance, error, socket) {
    if (refused.has(socket)) return;
    refused.add(socket);
    refuse(this, socket, MALFORMED[error.code] ?? NO_HTTP);
  };

const NO_HTTP = new HttpProblem(400, "This is not an HTTP request.");
const NO_PROXY = new HttpProblem(405, "This is no proxy.", {
  headers: { allow: "" },
});
const MALFORMED: Record<string, HttpProblem> = {
  HPE_HEADER_OVERFLOW: new HttpProblem(431, "The headers may have 16 KiB at most."),
  HPE_INVALID_METHOD: new HttpProblem(400, "This is no method of HTTP."),
  ERR_HTTP_REQUEST_TIMEOUT: new HttpProblem(408, "The request took too long to arrive."),
};

function refuse(app: FastifyInstance, socket: Socket, { problem, headers }: HttpProblem): void {
  afterAnswers(socket, () => {
    if (socket.destroyed || !socket.writable) return;
    const id = randomUUID();
    const { status, title } = problem;
    const body = JSON.stringify({ ...problem, request_id: id });
    const all = {
      ...app.dataHeaders,
      ...headers,
      "content-type": "application/problem+json",
      "content-length": Buffer.byteLength(body),
      "x-request-id": id,
      connection: "close",
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join("")}\r\n${body}`);
    reportMalformed(app, id, status);
    // A client that never closes its side must not stay.
    setTimeout(() => socket.destroy(), GOODBYE).unref();
  });
}

/** Calls back once no complete request of the connection waits for an answer. */
function afterAnswers(socket: Socket, callback: () => void): void {
  // Node's internal name for the response in progress.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: ServerResponse };
  if (!current?.req.complete || current.writableFinished) callback();
  else current.once("close", () => afterAnswers(socket, callback));
}

/** It has no method or path, but counts in log and metrics. */
function reportMalformed(app: FastifyInstance, reqId: string, status: number): void {
  app.requestLogger.info({ reqId, route: "(none)", status }, "request");
  app.measureMalformed?.(status);
}
