import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

export interface OverloadOptions {
  /** How far the event loop may be behind, in milliseconds; 0: no matter. */
  maxDelay: number;
}

/**
 * Milliseconds over which the delay is averaged. An interval in which the loop did not turn once
 * counts as overload, so a single pause, such as a garbage collection, must be well below it.
 */
const SAMPLE_INTERVAL = 1000;

/**
 * Turns requests away with 503 and Retry-After while the event loop is far behind: whoever is let
 * in then would be answered too late to care.
 */
export const overload = fp<OverloadOptions>(async (app, { maxDelay }) => {
  // Starting keeps the loop busy: what is measured until then says nothing about the requests.
  let started = false;
  app.addHook("onReady", async () => {
    setTimeout(() => {
      started = true;
    }, 2 * SAMPLE_INTERVAL).unref();
  });
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelay,
    sampleInterval: SAMPLE_INTERVAL,
    pressureHandler: async () => {
      if (started) throw busy();
    },
  });
});

function busy(): HttpProblem {
  const detail = "The server is busy; try again in a moment.";
  return new HttpProblem(503, "Service Unavailable", detail, { headers: { "retry-after": "1" } });
}

/** Route config of the probes: the load balancer must not take a busy process for a dead one. */
export const NEVER_SHED = { pressureHandler: () => {} };
