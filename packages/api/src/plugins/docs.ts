import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fp from "fastify-plugin";
import { DOCS_PATH } from "../paths.ts";
import { VERSION } from "../version.ts";
import { docsFiles } from "./docs-files.ts";

/**
 * The docs load only their own files. Nothing is upgraded to HTTPS, so that they work over HTTP,
 * too.
 */
const CONTENT_SECURITY_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  // Swagger UI has inline styles.
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
};

const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="170" height="40" viewBox="0 0 170 40">
<path d="M4 8h24v6H11v3h17v15H4v-6h17v-3H4z" fill="#49cc90"/>
<text x="38" y="28" font-family="sans-serif" font-size="22" font-weight="bold" fill="#fff" textLength="124" lengthAdjust="spacingAndGlyphs">Steadfast</text>
</svg>`;

/** On a phone, tables and code scroll on their own; the page does not. */
const NARROW = `
.swagger-ui .info hgroup.main .title a { color: inherit; font: inherit; text-decoration: none }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 12px }
  .swagger-ui .info { margin: 24px 0 }
  .swagger-ui .scheme-container { padding: 16px 0 }
  .swagger-ui .opblock .opblock-summary-description { display: none }
  .swagger-ui .opblock-summary .view-line-link { display: none }
  .swagger-ui .opblock-body { overflow-x: auto }
  .swagger-ui .parameters-col_name { width: 8em; overflow-wrap: anywhere }
  .swagger-ui .parameters-col_description input { min-width: 0; width: 100%; max-width: 100% }
}`;

/** Gives the logo its alternative text, and links it and the title. */
const LINKS = `
const look = () => {
  const link = document.querySelector("#swagger-ui .topbar a.link");
  const logo = link?.querySelector("img");
  const title = document.querySelector("#swagger-ui .info .title");
  if (logo && !logo.alt) logo.alt = "Steadfast API";
  if (link && link.getAttribute("href") !== "${DOCS_PATH}") link.href = "${DOCS_PATH}";
  if (!logo || !title || title.querySelector("a")) return;
  const back = document.createElement("a");
  back.href = "/";
  back.textContent = title.firstChild.textContent;
  title.replaceChild(back, title.firstChild);
};
new MutationObserver(look).observe(document.querySelector("#swagger-ui"), {
  childList: true,
  subtree: true,
});`;

export interface DocsOptions {
  /** Groups of routes. */
  tags: readonly { name: string; description: string }[];
  /** If false, the paths are 404; `app.swagger()` still returns the document. */
  served: boolean;
}

/** OpenAPI 3.1 at /docs/json and /docs/yaml, Swagger UI at /docs. */
export const docs = fp<DocsOptions>(async (app, { tags, served }) => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Steadfast",
        version: VERSION,
        description:
          "Users and their posts. Register with `POST /users`, log in with `POST /sessions`, " +
          "give the token to *Authorize*, then write posts. Reading needs no token.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/", description: "This server" }],
      tags: [...tags],
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
    // A trailing slash makes no difference.
    transform: ({ schema, url }) => ({ schema, url: url.replace(/(?<=.)\/$/, "") }),
    transformObject: (document) =>
      requiredFirst("openapiObject" in document ? document.openapiObject : document.swaggerObject),
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) => String(json.$id ?? `def-${i}`),
    },
  });
  if (!served) return;
  await app.register(docsFiles);
  await app.register(async (pages) => {
    pages.addHook<string>("onSend", async ({ routeOptions }, reply, page) => {
      // Their paths stay when a deploy changes them, and an edge would keep them for a day.
      reply.header("cache-control", "no-cache");
      return routeOptions.url?.replace(/\/$/, "") === DOCS_PATH
        ? app.versionFiles(page.replace("<head>", `<head>\n${VIEWPORT}`))
        : page;
    });
    await pages.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      staticCSP: CONTENT_SECURITY_POLICY,
      logo: { type: "image/svg+xml", content: LOGO },
      theme: {
        title: "Steadfast API",
        css: [{ filename: "narrow.css", content: NARROW }],
        js: [{ filename: "links.js", content: LINKS }],
      },
      uiConfig: { tryItOutEnabled: true, persistAuthorization: true, displayRequestDuration: true },
    });
  });
});

/** Sorts each operation's parameters. */
function requiredFirst<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const { parameters } of Object.values(paths).flatMap((item) => Object.values(item)))
    parameters?.sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
  return document;
}

interface Operation {
  parameters?: { required?: boolean }[];
}
