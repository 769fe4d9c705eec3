import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import type { FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { DOCS_PATH } from "../paths.ts";
import { HttpProblem } from "../problems.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Gives the files of Swagger UI's page their versioned paths. */
    versionFiles: (page: string) => Promise<string>;
  }
}

const PACKAGE = "@fastify/swagger-ui";

/** Beside the bundle on an instance, otherwise in the package. */
function folderOfFiles(): string {
  const bundled = join(import.meta.dirname, "assets", PACKAGE, "static");
  if (existsSync(bundled)) return bundled;
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${PACKAGE}/package.json`)), "static");
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
};

const CODINGS = { br: promisify(zlib.brotliCompress), gzip: promisify(zlib.gzip) } as const;
type Coding = keyof typeof CODINGS;

/** Generated from the options, so without a version. */
const GENERATED = "swagger-initializer|theme/";

/**
 * Swagger UI's own files (2 MB), compressed once per process, under a path that changes with them,
 * so that browsers and CDNs cache them forever. Always compressed: nobody can make a process send
 * them as they are.
 */
const plugin: FastifyPluginAsync = async (app) => {
  const folder = folderOfFiles();
  const names = new Set((await readdir(folder)).filter((name) => extname(name) in TYPES));
  // 2 MB to hash: done when somebody opens the docs, not at each start.
  let known: Promise<string> | undefined;
  const version = () => {
    known ??= versionOf(folder, names);
    return known;
  };
  const ready = new Map<string, Promise<Buffer>>();
  const compressed = (name: string, coding: Coding) => {
    const key = `${coding} ${name}`;
    const begun =
      ready.get(key) ?? readFile(join(folder, name)).then((file) => CODINGS[coding](file));
    ready.set(key, begun);
    return begun;
  };

  app.decorate("versionFiles", async (page) =>
    page.replaceAll(new RegExp(`/static/(?!${GENERATED})`, "g"), `/static/${await version()}/`),
  );

  app.get<{ Params: { version: string; file: string } }>(
    `${DOCS_PATH}/static/:version/:file`,
    { schema: { hide: true } },
    async ({ params, headers }, reply) => {
      if (!names.has(params.file) || params.version !== (await version())) throw nothing();
      const coding = /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers["accept-encoding"] ?? "")
        ? "br"
        : "gzip";
      return reply
        .type(TYPES[extname(params.file)] as string)
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("content-encoding", coding)
        .header("vary", [reply.getHeader("vary") ?? [], "accept-encoding"].flat().join(", "))
        .send(await compressed(params.file, coding));
    },
  );

  app.get<{ Params: { file: string } }>(
    `${DOCS_PATH}/static/:file`,
    { schema: { hide: true } },
    async ({ params: { file } }, reply) => {
      if (!names.has(file)) throw nothing();
      return reply.redirect(`${DOCS_PATH}/static/${await version()}/${file}`);
    },
  );
};

export const docsFiles = fp(plugin);

function nothing(): HttpProblem {
  return new HttpProblem(404, "There is nothing here.");
}

/** They change only with the package. */
async function versionOf(folder: string, names: ReadonlySet<string>): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...names].sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}
