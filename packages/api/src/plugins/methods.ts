import { METHODS } from "node:http";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A method that the path does not have. */
    refused?: boolean;
  }
  interface FastifyInstance {
    /** Answers 405 with `Allow` to the methods that the paths of the routes so far do not have. */
    refuseOtherMethods: () => void;
  }
}

/**
 * A path with a method that it does not have is 405, and the answer says which it has. That goes for all
 * methods that Node reads: 501, as HTTP has it for those that no path knows, would be a 5xx that anybody can
 * bring about.
 */
export const methods = fp(async (app) => {
  for (const method of METHODS) {
    // Node hands it over elsewhere (see raw-http.ts).
    if (method === "CONNECT" || app.supportedMethods.includes(method)) continue;
    app.addHttpMethod(method);
  }
  const allowed = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    // A trailing slash never matters.
    const path = url.replace(/(?<=.)\/$/, "");
    const known = allowed.get(path) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    allowed.set(path, known);
  });
  app.decorate("refuseOtherMethods", () => {
    // CORS answers all OPTIONS where it is on.
    const anywhere = allowed.get("*") ?? new Set();
    for (const [url, known] of [...allowed]) {
      if (url === "*") continue;
      const others = app.supportedMethods.filter((each) => !known.has(each) && !anywhere.has(each));
      const allow = [...known].sort().join(", ");
      const refuse = async () => {
        const detail = `This path has the methods ${allow}.`;
        throw new HttpProblem(405, "Method Not Allowed", detail, { headers: { allow } });
      };
      if (others.length === 0) continue;
      app.route({
        method: others,
        url,
        config: { refused: true },
        schema: { hide: true, security: [] },
        onRequest: refuse,
        handler: refuse,
      });
    }
  });
});
