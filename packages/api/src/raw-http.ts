/** Handles what Node's server would answer, refuse or lose before Fastify sees it. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { HttpProblem } from "./problems.ts";

/** Milliseconds that a client with malformed HTTP has to close its side. */
const GOODBYE = 1000;

/** A path without a route, for requests with an unreadable path. */
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
export function prepareServer(server: Server): void {
  // Node counts from a request's first byte; both limits stay above the keep-alive timeout.
  server.headersTimeout = 75_000;
  // Answers a complete request even if its sender has closed its side.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  const handOver: RequestListener = (request, response) => {
    // Until `continueUpload` the client does not know whether to send the body, so what follows on
    // the connection could be the body or the next request.
    response.setHeader("connection", "close");
    server.emit("request", request, response);
  };
  server.on("checkContinue", handOver);
  server.on("checkExpectation", handOver);
}

/** Asks a client that waits (`Expect: 100-continue`) to send the body. */
export function continueUpload(response: ServerResponse): void {
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
    const { status, title, detail } = problemOf(error.code);
    afterAnswers(socket, () => {
      if (socket.destroyed || !socket.writable) return;
      const id = randomUUID();
      const { problem } = new HttpProblem(status, title, detail);
      const body = JSON.stringify({ ...problem, request_id: id });
      const headers = {
        ...this.dataHeaders,
        "content-type": "application/problem+json",
        "content-length": Buffer.byteLength(body),
        "x-request-id": id,
        connection: "close",
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join("")}\r\n${body}`);
      reportMalformed(this, id, status);
      // We closed our side; a client that never closes its own must not stay.
      setTimeout(() => socket.destroy(), GOODBYE).unref();
    });
  };

const MALFORMED: Record<string, [status: number, title: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    "Request Header Fields Too Large",
    "The headers may have 16 KiB at most.",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request took too long to arrive."],
};

function problemOf(code: string | undefined) {
  const known = MALFORMED[code ?? ""];
  const [status, title, detail] = known ?? [400, "Bad Request", "This is not an HTTP request."];
  return { status, title, detail };
}

/** Calls back once no complete request of the connection waits for an answer. */
function afterAnswers(socket: Socket, callback: () => void): void {
  // Node's internal name for the response in progress.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: ServerResponse };
  if (!current?.req.complete || current.writableFinished) callback();
  else current.once("close", () => afterAnswers(socket, callback));
}

/** Such a request has no method or path, but still counts in log and metrics. */
function reportMalformed(app: FastifyInstance, reqId: string, status: number): void {
  app.requestLogger.info({ reqId, route: "(none)", status }, "request");
  app.measureMalformed?.(status);
}
