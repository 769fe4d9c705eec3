import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";

export interface OverloadOptions {
  /** How far the event loop may be behind, in milliseconds; 0: no matter. */
  maxDelay: number;
}

/** Turns requests away with 503 and Retry-After while the event loop is far behind. */
export const overload = fp<OverloadOptions>(async (app, { maxDelay }) => {
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelay,
    sampleInterval: 250,
    retryAfter: 1,
  });
});

/** Route config of the probes: the load balancer must not take a busy process for a dead one. */
export const NEVER_SHED = { pressureHandler: () => {} };
