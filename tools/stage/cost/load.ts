/**
 * A month's usage of a stage. AWS bills for usage as well as for existence, so a price without a
 * load says little.
 */

import { readMeasured } from "../../common/measured.ts";

/** Seconds of a month of 730 hours. */
export const SECONDS = 730 * 3600;

/** Requests of the API, named as in `docs/api.md`. */
export type Route =
  | "GET /docs"
  | "POST /users/"
  | "GET /users/{id}"
  | "DELETE /users/{id}"
  | "GET /users/{id}/posts"
  | "POST /posts/"
  | "GET /posts/{id}"
  | "PUT /posts/{id}"
  | "DELETE /posts/{id}"
  | "POST /sessions";

export type Table = "Users" | "Logins" | "Posts" | "Removals";

interface RouteUse {
  /** Capacity units of each table, `[write, read]`; docs/data.md explains them. */
  units: Partial<Record<Table, readonly [write: number, read: number]>>;
  /** CPU milliseconds. */
  cpu: number;
  /** KB of the answer with its headers. @default 1 */
  answer?: number;
}

const measured = readMeasured();

/** CPU milliseconds to hash a password. */
const HASH = 1000 * measured.hashing;

/**
 * CPU milliseconds of a request as in docs/performance.md, at 8 connections: an ordinary stage has few
 * requests at a time, which share few calls of the database.
 */
const cpu = (request: string) => 1000 * measured.cpu(request, 8);

/** Reads of the list of removals: at most one a second by each of two processes on two instances. */
const LOOKS_A_SECOND = 4;

/** What one request of each kind uses. */
export const routes: Record<Route, RouteUse> = {
  "GET /docs": { units: {}, cpu: cpu("GET post"), answer: 4 },
  "POST /users/": { units: { Users: [2, 0], Logins: [2, 0] }, cpu: cpu("POST user") + HASH },
  "GET /users/{id}": { units: { Users: [0, 0.5] }, cpu: cpu("GET user") },
  "DELETE /users/{id}": {
    units: { Users: [2, 1], Logins: [2, 0], Removals: [4, 2], Posts: [0, 1] },
    // Its transaction, the list of posts and their sweep.
    cpu: 2 * cpu("POST user"),
  },
  "GET /users/{id}/posts": {
    units: { Posts: [0, 1], Removals: [0, 1] },
    cpu: cpu("GET posts of a user"),
    answer: 6,
  },
  "POST /posts/": { units: { Posts: [2, 0], Users: [0, 1] }, cpu: cpu("POST post") },
  "GET /posts/{id}": { units: { Posts: [0, 0.5], Removals: [0, 1] }, cpu: cpu("GET post") },
  "PUT /posts/{id}": { units: { Posts: [2, 0], Users: [0, 1] }, cpu: cpu("POST post") },
  "DELETE /posts/{id}": { units: { Posts: [2, 0], Users: [0, 1] }, cpu: cpu("POST post") },
  "POST /sessions": { units: { Logins: [0, 1], Users: [0, 1] }, cpu: cpu("POST user") + HASH },
};

/** Kinds of visits: weights and requests. */
export type Visits = readonly (readonly [weight: number, requests: readonly Route[]])[];

/** An ordinary day: `everyday` of load/lib/visits.ts. */
export const everyday: Visits = [
  [70, ["GET /users/{id}", "GET /users/{id}/posts", "GET /posts/{id}"]],
  [20, ["POST /posts/", "PUT /posts/{id}", "GET /posts/{id}", "DELETE /posts/{id}"]],
  [6, ["POST /sessions"]],
  [2, ["POST /users/"]],
  [2, ["GET /docs"]],
];

/** The original's load test, load/classic.ts; every registered user is deleted at the end. */
export const classic: Visits = [
  [1, ["GET /docs"]],
  [3, ["POST /users/", "POST /sessions", "DELETE /users/{id}"]],
];

/** Visits of one run of `classic`: 100 users for 600 s, who wait 3 s on average between visits. */
const CLASSIC_VISITS = (100 * 600) / 3;

/** The load of a month. */
export interface LoadOptions {
  /** Everyday requests a second, averaged over the month. */
  rps: number;
  /** Runs of the original's load test per month. */
  tests: number;
  /** Pushes per month, each checked and deployed. */
  pushes: number;
  /** GB in the tables. */
  data: number;
  /** What everyday requests are. @default everyday */
  mix?: Visits;
}

/**
 * The original's load as far as it is known: its documents contain no rate, only its load test of
 * 100 users and the bill. Assumed: those 100 users with a request each every 100 seconds day and
 * night, the load test once a week, and the 450 build minutes that $2.25 paid for, as 30 pushes of
 * 15 minutes.
 */
export const ORIGINAL_LOAD: LoadOptions = { rps: 1, tests: 4, pushes: 30, data: 1 };

/** One person who tries things out: a request every 100 seconds. */
export const PERSONAL_LOAD: LoadOptions = { rps: 0.01, tests: 0, pushes: 20, data: 0.1 };

/** CodeBuild minutes per push. */
export const BUILD_MINUTES = { checks: 7, deploy: 8 };

/** A month of use. */
export interface Load extends LoadOptions {
  requests: Map<Route, number>;
  /** All requests. */
  total: number;
  /** Connections that clients open. */
  connections: number;
  /** GB of requests and answers. */
  gbIn: number;
  gbOut: number;
  /** Average number of busy vCPUs of all instances. */
  cpus: number;
  /** Capacity units of a table. */
  units(table: Table): { write: number; read: number };
}

/** KB of a request with its headers. */
const REQUEST_KB = 0.6;

/** Factor for the CPU of the operating system and TCP on top of the process's own. */
const SYSTEM_CPU = 1.5;

/**
 * Computes a month's load.
 *
 * @example
 * ```ts
 * loadOf({ ...ORIGINAL_LOAD, rps: 200 }).total; // 526 million and a bit
 * ```
 */
export function loadOf(options: LoadOptions): Load {
  const perVisit = requestsOf(options.mix ?? everyday);
  const visits = (options.rps * SECONDS) / sum(perVisit.values());
  const requests = new Map<Route, number>();
  add(requests, perVisit, visits);
  add(requests, requestsOf(classic), options.tests * CLASSIC_VISITS);
  const all = [...requests];
  const total = sum(requests.values());
  return {
    ...options,
    requests,
    total,
    // A visitor keeps the connection for a visit, a user of the load test for the whole test.
    connections: visits + options.tests * 100,
    gbIn: (total * REQUEST_KB) / 1e6,
    gbOut: sum(all.map(([route, count]) => count * (routes[route].answer ?? 1))) / 1e6,
    cpus:
      (SYSTEM_CPU * sum(all.map(([route, count]) => count * routes[route].cpu))) / 1000 / SECONDS,
    units: (table) => {
      const of = (index: 0 | 1) =>
        sum(all.map(([route, count]) => count * (routes[route].units[table]?.[index] ?? 0)));
      const read = table === "Removals" ? Math.min(of(1), LOOKS_A_SECOND * SECONDS) : of(1);
      return { write: of(0), read };
    },
  };
}

/** Requests of an average visit. */
function requestsOf(visits: Visits): Map<Route, number> {
  const weights = sum(visits.map(([weight]) => weight));
  const requests = new Map<Route, number>();
  for (const [weight, each] of visits)
    for (const route of each) requests.set(route, (requests.get(route) ?? 0) + weight / weights);
  return requests;
}

function add(to: Map<Route, number>, what: Map<Route, number>, times: number): void {
  for (const [route, count] of what) to.set(route, (to.get(route) ?? 0) + count * times);
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, each) => total + each, 0);
}
