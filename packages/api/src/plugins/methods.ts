import { METHODS } from "node:http";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the path exists without this method. */
    refused?: boolean;
  }
  interface FastifyInstance {
    /** Answers 405 with `Allow` to methods that the routes so far do not have. */
    refuseOtherMethods: () => void;
  }
}

/**
 * Answers 405 to a method that the path does not have, and names those it has. HTTP's 501 for
 * unknown methods would be a 5xx that anyone can provoke.
 */
export const methods = fp(async (app) => {
  for (const method of METHODS) {
    // Node hands it over elsewhere (see raw-http.ts).
    if (method === "CONNECT" || app.supportedMethods.includes(method)) continue;
    app.addHttpMethod(method);
  }
  const allowed = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const path = url.replace(/(?<=.)\/$/, "");
    const known = allowed.get(path) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    allowed.set(path, known);
  });
  app.decorate("refuseOtherMethods", () => {
    // With CORS on, it answers every OPTIONS request.
    const anywhere = allowed.get("*") ?? new Set();
    for (const [url, known] of [...allowed]) {
      if (url === "*") continue;
      const others = app.supportedMethods.filter((each) => !known.has(each) && !anywhere.has(each));
      const allow = [...known].sort().join(", ");
      const refuse = async () => {
        const detail = `This path has the methods ${allow}.`;
        throw new HttpProblem(405, detail, { headers: { allow } });
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
