import type { IncomingMessage, ServerResponse } from "node:http";
import cors from "@fastify/cors";
import fp from "fastify-plugin";
import helmet, { type HelmetOptions } from "helmet";
import { DOCS_PATH } from "../paths.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Security headers of answers that are data. */
    dataHeaders: Record<string, string>;
  }
}

export interface SecurityOptions {
  /** Origins whose pages may call the API; empty turns CORS off. */
  corsOrigins: string[];
}

/** @throws one line for an invalid origin */
export const security = fp<SecurityOptions>(async (app, { corsOrigins }) => {
  const [data, pages] = [securityHeaders(FOR_DATA), securityHeaders({})];
  app.decorate("dataHeaders", data);
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(request.routeOptions.url?.startsWith(DOCS_PATH) ? pages : data);
    done();
  });
  if (corsOrigins.length > 0) {
    await app.register(cors, {
      origin: corsOrigins.map(checkedOrigin),
      methods: ["GET", "POST", "PUT", "DELETE"],
      allowedHeaders: ["authorization", "content-type"],
      exposedHeaders: ["location", "retry-after", "x-request-id"],
      maxAge: 600,
      // An OPTIONS request that is no preflight gets an empty 204 instead of plain text.
      strictPreflight: false,
    });
  }
});

/**
 * Data is not rendered, so headers for pages are left out, as OWASP's REST Security Cheat Sheet
 * advises.
 */
const FOR_DATA: HelmetOptions = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/** They do not depend on the request, so they are computed once. */
function securityHeaders(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
    },
    removeHeader() {},
  };
  const setHeaders = helmet({
    ...options,
    contentSecurityPolicy: {
      useDefaults: false,
      // Data must not load or run anything. The docs have a policy of their own.
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {});
  return headers;
}

/** As browsers send it; anything more, such as a path, would never match. */
function checkedOrigin(origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new Error(
    `Wrong configuration: CORS_ORIGIN has ${origin}, which is no origin like https://app.example.com.`,
  );
}
