import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fp from "fastify-plugin";
import { DOCS_PATH } from "../paths.ts";
import { VERSION } from "../version.ts";
import { docsFiles } from "./docs-files.ts";

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

export interface DocsOptions {
  /** Without it the paths are 404; the document is still made, for `app.swagger()`. */
  served: boolean;
}

/** OpenAPI 3.1 from the routes' schemas at /docs/json and /docs/yaml, Swagger UI at /docs. */
export const docs = fp<DocsOptions>(async (app, { served }) => {
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
  if (!served) return;
  await app.register(docsFiles);
  await app.register(async (pages) => {
    pages.addHook<string>("onSend", async ({ routeOptions }, _reply, page) =>
      routeOptions.url?.replace(/\/$/, "") === DOCS_PATH ? app.versionFiles(page) : page,
    );
    await pages.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      staticCSP: CONTENT_SECURITY_POLICY,
      theme: { title: "Steadfast API" },
      uiConfig: { tryItOutEnabled: true, persistAuthorization: true, displayRequestDuration: true },
    });
  });
});
