import { createServer, type Server, type ServerResponse } from "node:http";

/** See {@link Collector}. */
export interface Healthy {
  readonly obstacle: string | undefined;
  readonly ready: boolean;
  readonly alive: boolean;
}

/**
 * The health checks' server, not listening yet: live while cycles finish, ready once quotes could
 * be collected and until the collector stops, deep while they can be collected now.
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
