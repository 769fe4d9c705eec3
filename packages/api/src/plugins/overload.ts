import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";

/**
 * Turns requests away with 503 and Retry-After while the event loop is a second behind: whoever is
 * let in then would be answered too late to care.
 */
export const overload = fp(async (app) => {
  await app.register(underPressure, {
    maxEventLoopDelay: 1000,
    // Shorter samples would take the first requests of a cold process for an overload.
    sampleInterval: 1000,
    retryAfter: 1,
  });
});

/** Route config of the probes: the load balancer must not take a busy process for a dead one. */
export const NEVER_SHED = { pressureHandler: () => {} };
