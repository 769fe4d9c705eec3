import type { IncomingMessage, ServerResponse } from "node:http";
import cors from "@fastify/cors";
import fp from "fastify-plugin";
import helmet, { type HelmetOptions } from "helmet";
import { DOCS_PATH } from "../paths.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The security headers of an answer that is data. */
    dataHeaders: Record<string, string>;
  }
}

export interface SecurityOptions {
  /** Origins whose pages may call the API; none: CORS is off. */
  corsOrigins: string[];
}

/**
 * Security headers, and CORS where it is wanted.
 * @throws with one line when an origin is none
 */
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
      // An OPTIONS request that is no preflight gets an empty 204, not a text that is no problem.
      strictPreflight: false,
    });
  }
});

/**
 * Answers that are data are not rendered: what says how, such as which windows a page shares its
 * process with, is for pages. What is left keeps data from being taken for anything else, as OWASP's
 * REST Security Cheat Sheet advises.
 */
const FOR_DATA: HelmetOptions = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/** What helmet sets. None of it depends on the request, so it is asked once. */
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
      // Answers are data: nothing in them may load or run. The docs have a policy of their own.
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {});
  return headers;
}

/** An origin as browsers send it; with anything else, such as a path, it would match none. */
function checkedOrigin(origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new Error(
    `Wrong configuration: CORS_ORIGIN has ${origin}, which is no origin like https://app.example.com.`,
  );
}
