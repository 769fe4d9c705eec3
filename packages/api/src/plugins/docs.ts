import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fp from "fastify-plugin";
import { VERSION } from "../version.ts";

export const DOCS_PATH = "/docs";

/** Where Swagger UI's own scripts and styles begin: files that only another version of it changes. */
const ASSETS = `${DOCS_PATH}/static/swagger-ui`;

/** For an hour in browsers and at the edge: what a deploy with another Swagger UI takes to be everywhere. */
const ASSETS_CACHING = "public, max-age=3600";

/**
 * What the docs may load: their own files. Nothing is upgraded to HTTPS, so that they also work
 * where there is none yet.
 */
const CONTENT_SECURITY_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  // Swagger UI has styles in its markup.
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
};

/** OpenAPI 3.1 from the routes' schemas at /docs/json and /docs/yaml, Swagger UI at /docs. */
export const docs = fp(async (app) => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Steadfast",
        version: VERSION,
        description:
          "Users and their posts. Register with `POST /users/`, log in with `POST /sessions`, " +
          "give the token to *Authorize*, then write posts. Reading needs no token.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/", description: "This server" }],
      tags: [
        { name: "Users", description: "People who post" },
        { name: "Sessions", description: "Logging in" },
        { name: "Posts", description: "What they wrote" },
        { name: "Quotes", description: "What coins were worth, where quotes are collected" },
        { name: "Service", description: "The state of the service" },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "The `access_token` of `POST /sessions`",
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) => String(json.$id ?? `def-${i}`),
    },
  });
  await app.register(async (scope) => {
    scope.addHook("onSend", (request, reply, _payload, done) => {
      const cacheable = request.url.startsWith(ASSETS) && reply.statusCode < 400;
      if (cacheable) reply.header("cache-control", ASSETS_CACHING);
      done();
    });
    await scope.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      staticCSP: CONTENT_SECURITY_POLICY,
      theme: { title: "Steadfast API" },
      uiConfig: { tryItOutEnabled: true, persistAuthorization: true, displayRequestDuration: true },
    });
  });
});
