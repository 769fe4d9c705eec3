import fp from "fastify-plugin";

/** An IPv4 address with a port, or one of IPv6 in brackets with or without one. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

/**
 * Takes the ports out of `X-Forwarded-For`, as some proxies write them: with one an address is none, so
 * that a trusted proxy is not known again, and a client is another one with each connection.
 */
export const forwarded = fp(async (app) => {
  app.addHook("onRequest", ({ raw: { headers } }, _reply, done) => {
    const addresses = headers["x-forwarded-for"];
    if (typeof addresses === "string" && /[\][]|\.\d+:/.test(addresses)) {
      headers["x-forwarded-for"] = addresses
        .split(",")
        .map((address) => address.trim().replace(WITH_PORT, "$1$2"))
        .join(", ");
    }
    done();
  });
});
