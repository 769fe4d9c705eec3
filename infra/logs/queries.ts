/**
 * Queries of the API's log in the language of CloudWatch Logs Insights. The fields are those of
 * `packages/api`: a test runs the real API and checks that its lines have them. Pure.
 */

/** A saved query: its name in the console, and its text. */
export interface Query {
  name: string;
  text: string;
}

/** Placeholder for the request's ID in the last query. */
export const REQUEST_ID = "REQUEST-ID";

/**
 * The saved queries, in the order in which one needs them: where are the errors, what is slow, who
 * sends so much, what happened to this request.
 */
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
    // The answer carries the ID twice: as header x-request-id, and as request_id of a problem.
    name: "one request",
    text: `filter reqId = "${REQUEST_ID}"
| fields time, level, msg, client, method, route, status, ms, reason, cause, err.message, err.stack, @logStream
| sort time asc`,
  },
];
