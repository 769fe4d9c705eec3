import { createServer, type Server, type ServerResponse } from "node:http";

/** What the health checks ask. */
export interface Healthy {
  /** Why the work cannot be done now; `undefined` when it can. */
  readonly obstacle: string | undefined;
  /** Whether it goes on at all. */
  readonly alive: boolean;
}

/**
 * The health checks, which listen nowhere yet: `GET /health/live` is 200 as long as cycles end,
 * `GET /health/ready` while quotes can be collected; both are 503 otherwise, with the reason.
 */
export function healthServer(collector: Healthy): Server {
  return createServer((request, response) => {
    const path = request.url?.replace(/\/$/, "");
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, {});
    if (path === "/health/live") {
      return collector.alive
        ? send(response, 200, { status: "live" })
        : send(response, 503, { status: "hung" });
    }
    if (path === "/health/ready") {
      const { obstacle: reason } = collector;
      return reason === undefined
        ? send(response, 200, { status: "ready" })
        : send(response, 503, { status: "unready", reason });
    }
    return send(response, 404, {});
  });
}

function send(response: ServerResponse, status: number, body: Record<string, string>): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    ...(status === 503 && { "retry-after": "1" }),
  });
  response.end(JSON.stringify(body));
}
