import underPressure from "@fastify/under-pressure";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

export interface OverloadOptions {
  /** Most milliseconds that the event loop may lag; 0 for any. */
  maxDelay: number;
}

/**
 * Milliseconds over which the lag is averaged: an interval without a turn of the loop is overload,
 * so it must be longer than a garbage collection.
 */
const SAMPLE_INTERVAL = 1000;

/** Sheds requests with 503 while the event loop lags: they would be answered too late anyway. */
export const overload = fp<OverloadOptions>(async (app, { maxDelay }) => {
  // Starting keeps the loop busy, which says nothing about requests.
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
      if (started) throw new HttpProblem(503, "The server is busy; try again in a moment.");
    },
  });
});

/** For probes: the balancer must not mistake a busy process for a dead one. */
export const NEVER_SHED = { pressureHandler: () => {} };
