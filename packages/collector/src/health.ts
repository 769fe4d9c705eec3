import { createServer, type Server, type ServerResponse } from "node:http";

/** What the health checks need. */
export interface Healthy {
  /** Why it cannot work now; `undefined` when it can. */
  readonly obstacle: string | undefined;
  /** Whether it could work once and is not stopping. */
  readonly ready: boolean;
  /** Whether it makes progress at all. */
  readonly alive: boolean;
}

/**
 * The health checks' server, not listening yet: `GET /health/live` is 200 while cycles finish, `GET
 * /health/ready` once quotes could be collected and until the collector stops, `GET /health/deep`
 * while they can be collected now. Otherwise they are 503, the last two with the reason.
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
