import fp from "fastify-plugin";

/** An IPv4 address with a port, or an IPv6 address in brackets with or without one. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

/**
 * Strips the ports that some proxies put into `X-Forwarded-For`: a trusted proxy would not be
 * recognised, and each connection would count as another client.
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
