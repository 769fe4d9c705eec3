/**
 * What Node's server would answer, refuse or lose by itself, before Fastify hears of it.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { HttpProblem } from "./problems.ts";

/** How long a client that speaks no HTTP may take to hang up, in milliseconds. */
const GOODBYE = 1000;

/** A path that no route has: where requests go whose own path cannot be read. */
const NOWHERE = "/-";

/** Sends a path that no router can read where the not-found handler answers it, behind all hooks. */
export function rewriteUrl({ url = NOWHERE }: IncomingMessage): string {
  return isReadable(url) ? url : NOWHERE;
}

/** Whether the path is a path, or a whole URL, whose percent-encoding can be decoded. */
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

/** Has Fastify answer what Node would answer itself, and serves clients that close their half early. */
export function prepareServer(app: FastifyInstance): void {
  const server: Server = app.server;
  // Node counts a request from its first byte; both limits stay above the keep-alive time-out.
  server.headersTimeout = 75_000;
  // A request that is complete is answered, although its sender has nothing more to say.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  const handOver: RequestListener = (request, response) => {
    // Unless `continueUpload` is reached, the client does not know whether to send the body: what
    // came next on the connection could be either that or a request.
    response.setHeader("connection", "close");
    server.emit("request", request, response);
  };
  server.on("checkContinue", handOver);
  server.on("checkExpectation", handOver);
  // Node would hang up without a word.
  server.on("connect", (_request, socket) => refuse(app, socket as Socket, NO_PROXY));
}

/** Asks a client that waits for it (`Expect: 100-continue`) to send the body; one of HTTP/1.0 does not. */
export function continueUpload(response: ServerResponse): void {
  if (response.req.httpVersion === "1.0") return;
  response.setHeader("connection", "keep-alive");
  response.writeContinue();
}

/** Sockets that get, or have got, their last answer. */
const refused = new WeakSet<Socket>();

/** Answers what is no HTTP request once everything before it has been answered, and hangs up. */
export const answerMalformedHttp: NonNullable<FastifyServerOptions["clientErrorHandler"]> =
  function (this: FastifyInstance, error, socket) {
    if (refused.has(socket)) return;
    refused.add(socket);
    refuse(this, socket, MALFORMED[error.code] ?? NO_HTTP);
  };

const NO_HTTP = new HttpProblem(400, "Bad Request", "This is not an HTTP request.");
const NO_PROXY = new HttpProblem(405, "Method Not Allowed", "This is no proxy.", {
  headers: { allow: "" },
});
const MALFORMED: Record<string, HttpProblem> = {
  HPE_HEADER_OVERFLOW: new HttpProblem(
    431,
    "Request Header Fields Too Large",
    "The headers may have 16 KiB at most.",
  ),
  HPE_INVALID_METHOD: new HttpProblem(400, "Bad Request", "This is no method of HTTP."),
  ERR_HTTP_REQUEST_TIMEOUT: new HttpProblem(
    408,
    "Request Timeout",
    "The request took too long to arrive.",
  ),
};

/** Answers with a problem when everything before it has been answered, and hangs up. */
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
    // Ours is the first half of the hanging up; a client that never does the other must not stay.
    setTimeout(() => socket.destroy(), GOODBYE).unref();
  });
}

/** Calls back when no complete request of the connection waits for its answer any more. */
function afterAnswers(socket: Socket, callback: () => void): void {
  // Node's own name for the response that the connection is busy with.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: ServerResponse };
  if (!current?.req.complete || current.writableFinished) callback();
  else current.once("close", () => afterAnswers(socket, callback));
}

/** Such a request has neither method nor path, but is one all the same in log and metrics. */
function reportMalformed(app: FastifyInstance, reqId: string, status: number): void {
  app.requestLogger.info({ reqId, route: "(none)", status }, "request");
  app.measureMalformed?.(status);
}
