import fp from "fastify-plugin";
import type { Readiness } from "../readiness.ts";

export interface DrainingOptions {
  readiness: Readiness;
}

/**
 * While the process drains, every answer ends its keep-alive connection, so that clients and the
 * load balancer open the next one elsewhere.
 */
export const draining = fp<DrainingOptions>(async (app, { readiness }) => {
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (readiness.draining) reply.header("connection", "close");
    done();
  });
});
