import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";

/** Turns requests away with 503 and Retry-After while the event loop is far behind. */
export const overload = fp(async (app) => {
  await app.register(underPressure, {
    maxEventLoopDelay: 500,
    sampleInterval: 250,
    retryAfter: 1,
  });
});

/** Route config of the probes: the load balancer must not take a busy process for a dead one. */
export const NEVER_SHED = { pressureHandler: () => {} };
