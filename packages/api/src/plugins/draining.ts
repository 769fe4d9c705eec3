import fp from "fastify-plugin";
import { Connections } from "sst-ec2/connections";
import type { Readiness } from "../readiness.ts";

export interface DrainingOptions {
  readiness: Readiness;
}

/**
 * While the process drains, every answer closes its keep-alive connection, so that clients connect
 * elsewhere. When it stops listening, connections without a pending answer are closed at once.
 */
export const draining = fp<DrainingOptions>(async (app, { readiness }) => {
  const connections = new Connections(app.server);
  app.server.prependListener("request", (request, response) =>
    connections.asked(request, response),
  );
  app.addHook("preClose", (done) => {
    connections.closeSilent();
    done();
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (readiness.draining) reply.header("connection", "close");
    done();
  });
});
