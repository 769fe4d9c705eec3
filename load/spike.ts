/**
 * Spike: suddenly far more visits than the API can serve, then none. It must shed the excess (429 or
 * 503, with Retry-After), stay alive, and recover within 10 s.
 *
 * Open model: the crowd does not wait. Every visit registers, because hashing a password is the most
 * expensive operation: it can overload a laptop. A stage accepts 50 registrations from an address in
 * a quarter of an hour, unless its `clientLimits` allow more.
 *
 * @question What happens far beyond capacity, and after it?
 * @model open
 */
import { sleep } from "k6";
import { Counter, Rate } from "k6/metrics";
import type { Options } from "k6/options";
import { setUp } from "./lib/accounts.ts";
import { type Response, send } from "./lib/client.ts";
import { register } from "./lib/flows.ts";
import { optionsOf } from "./lib/options.ts";
import { tearDown } from "./lib/removal.ts";
import type { Run } from "./lib/run.ts";
import { duration, rate, slack } from "./lib/settings.ts";
import { limitsOf } from "./lib/thresholds.ts";
import { secondsSinceStart } from "./lib/time.ts";

const CALM_SECONDS = 15;
const RECOVERY_SECONDS = 10;
const AFTER_SECONDS = 20;
/** Milliseconds that 99 of 100 registrations stay below on an ordinary day. */
const SLOWEST_NORMAL = 2000;

const top = rate(300);
/** Visits a second before and after. */
const calm = 5;
const spikeSeconds = duration(30);
const end = CALM_SECONDS + spikeSeconds;
const total = end + RECOVERY_SECONDS + AFTER_SECONDS;
/** Concurrent requests: more than the API hashes (2) plus queues (64). */
const vus = Math.min(120, top);

const shed = new Counter("shed");
const shedPolitely = new Rate("shed_politely");
const alive = new Rate("alive");
const backToNormal = new Rate("back_to_normal");

export const options: Options = optionsOf(
  "spike",
  {
    spike: {
      executor: "ramping-arrival-rate",
      startRate: calm,
      timeUnit: "1s",
      preAllocatedVUs: vus,
      stages: [
        { duration: `${CALM_SECONDS}s`, target: calm },
        { duration: "0s", target: top },
        { duration: `${spikeSeconds}s`, target: top },
        { duration: "0s", target: calm },
        { duration: `${RECOVERY_SECONDS + AFTER_SECONDS}s`, target: calm },
      ],
    },
    probe: { executor: "constant-vus", vus: 1, duration: `${total}s`, exec: "probe" },
  },
  {
    shed: ["count>0"],
    shed_politely: ["rate==1"],
    alive: ["rate==1"],
    back_to_normal: ["rate==1"],
    // 429 and 503 are expected; any other failure is not.
    "http_req_failed{scenario:spike}": ["rate<0.01"],
    "checks{scenario:spike}": ["rate>0.99"],
    // Accepted requests wait for up to 64 others.
    ...limitsOf({
      "POST /users/": [15_000, 25_000],
      "GET /users/{id}/posts": [5000, 8000],
      "GET /health/live": [2000, 4000],
    }),
  },
);

// VUs are numbered across both scenarios, so the probe's may have any number.
export const setup = () => setUp({ accounts: 1, registering: vus + 1 });
export const teardown = tearDown;

export default function spike(run: Run): void {
  const begun = secondsSinceStart();
  judge(register(run, [201, 409, 429, 503]), begun);
  const id = run.accounts[0]?.id as string;
  judge(send({ method: "GET", route: "/users/{id}/posts", id, expected: [200, 503] }), begun);
}

/** A client that checks liveness once a second during the whole run. */
export function probe(): void {
  const { status } = send({ method: "GET", route: "/health/live" });
  alive.add(status === 200);
  sleep(1);
}

function judge({ status, headers, timings }: Response, begun: number): void {
  if (status === 503 || status === 429) {
    shed.add(1);
    shedPolitely.add(Number(headers["Retry-After"]) > 0);
  }
  // 409: a registration that the crowd gave up on succeeded anyway.
  const normal = [200, 201, 409].includes(status) && timings.duration < SLOWEST_NORMAL * slack();
  if (begun > end + RECOVERY_SECONDS) backToNormal.add(normal);
}
