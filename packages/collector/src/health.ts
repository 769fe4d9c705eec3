import { createServer, type Server, type ServerResponse } from "node:http";

/** What the health checks ask. */
export interface Healthy {
  /** Why the work cannot be done now; `undefined` when it can. */
  readonly obstacle: string | undefined;
  /** Whether it could be done once, and is not about to end. */
  readonly ready: boolean;
  /** Whether it goes on at all. */
  readonly alive: boolean;
}

/**
 * The health checks, which listen nowhere yet: `GET /health/live` is 200 as long as cycles end,
 * `GET /health/ready` once quotes could be collected and until the collector stops, `GET /health/deep`
 * while they can be collected now; all are 503 otherwise, the last two with the reason.
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
    const { obstacle: reason } = collector;
    if (path === "/health/ready") {
      return collector.ready
        ? send(response, 200, { status: "ready" })
        : send(response, 503, { status: "unready", reason: reason ?? "starting" });
    }
    if (path === "/health/deep") {
      return reason === undefined
        ? send(response, 200, { status: "well" })
        : send(response, 503, { status: "unwell", reason });
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
