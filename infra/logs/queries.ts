/**
 * Queries of the API's log for CloudWatch Logs Insights. A test holds their fields against the real
 * API's lines. Pure.
 */

export interface Query {
  name: string;
  text: string;
}

/** Placeholder for the request's ID. */
export const REQUEST_ID = "REQUEST-ID";

export const queries: readonly Query[] = [
  {
    name: "errors by route",
    text: `filter msg = "request" and status >= 500
| stats count(*) as errors, latest(reqId) as example by method, route, status
| sort errors desc`,
  },
  {
    name: "slowest routes",
    text: `filter msg = "request"
| stats count(*) as requests, pct(ms, 50) as p50, pct(ms, 99) as p99, max(ms) as worst by method, route
| sort p99 desc
| limit 20`,
  },
  {
    name: "busiest clients",
    text: `filter msg = "request"
| stats count(*) as requests, count_distinct(route) as routes, max(ms) as worst by client
| sort requests desc
| limit 20`,
  },
  {
    // An answer carries the ID as header x-request-id, and a problem as request_id, too.
    name: "one request",
    text: `filter reqId = "${REQUEST_ID}"
| fields time, level, msg, client, method, route, status, ms, reason, cause, err.message, err.stack, @logStream
| sort time asc`,
  },
];
