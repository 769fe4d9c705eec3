import type { IncomingMessage, ServerResponse } from "node:http";
import cors from "@fastify/cors";
import fp from "fastify-plugin";
import helmet from "helmet";

export interface SecurityOptions {
  /** Origins whose pages may call the API; none: CORS is off. */
  corsOrigins: string[];
}

/**
 * Security headers, and CORS where it is wanted.
 * @throws with one line when an origin is none
 */
export const security = fp<SecurityOptions>(async (app, { corsOrigins }) => {
  const headers = securityHeaders();
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  if (corsOrigins.length > 0) {
    await app.register(cors, {
      origin: corsOrigins.map(checkedOrigin),
      methods: ["GET", "POST", "PUT", "DELETE"],
      allowedHeaders: ["authorization", "content-type"],
      exposedHeaders: ["location", "retry-after", "x-request-id"],
      maxAge: 600,
      // An OPTIONS request that is no preflight gets an empty 204, not a text that is no problem.
      strictPreflight: false,
    });
  }
});

/** An origin as browsers send it; with anything else, such as a path, it would match none. */
function checkedOrigin(origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new Error(
    `Wrong configuration: CORS_ORIGIN has ${origin}, which is no origin like https://app.example.com.`,
  );
}

/** What helmet sets. None of it depends on the request, so it is asked once. */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
    },
    removeHeader() {},
  };
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      // Answers are data: nothing in them may load or run. The docs have a policy of their own.
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {});
  return headers;
}
