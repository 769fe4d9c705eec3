import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { FORMATS, isMoment } from "@steadfast/core";
import { Ajv, type Options } from "ajv";
import addFormats from "ajv-formats";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { FastifySchemaCompiler } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

const OPTIONS: Options = {
  // The body limit bounds the work.
  allErrors: true,
  // Unknown fields are refused, not dropped.
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  // Strict mode already finds mistakes in a schema; validating it takes longer than compiling it.
  validateSchema: false,
  keywords: [],
};

/** RFC 3339 with a time zone; also accepts leap seconds. */
const isDateTime = (fullFormats["date-time"] as { validate: (text: string) => boolean }).validate;

/** A server on the way might believe the other one. */
const SINGLE = new Set(["host", "authorization", "content-type"]);
const LENGTHS = new Set([...SINGLE].map((name) => name.length));

/** What no name, address or port has. A server on the way may read a part of it. */
const NO_HOST = /[^!-~]|[/?#@\\,]/;

/** What comes next on the connection may be meant otherwise than we read it. */
const HANG_UP = { headers: { connection: "close" } };

function problemOf(
  { host, expect, "transfer-encoding": coding }: IncomingHttpHeaders,
  { httpVersion, rawHeaders }: IncomingMessage,
): HttpProblem | undefined {
  // Node could check it, but does not answer with a problem document.
  if (host === undefined && httpVersion !== "1.0")
    return new HttpProblem(400, "The header Host is missing.");
  if (expect !== undefined && expect.toLowerCase() !== "100-continue")
    return new HttpProblem(417, "Expect may be 100-continue only.");
  // Its bytes would be taken for the body.
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return new HttpProblem(400, "Transfer-Encoding may be chunked only.", HANG_UP);
  const twice = repeatedOf(rawHeaders);
  if (twice) return new HttpProblem(400, `The header ${twice} is there twice.`, HANG_UP);
  if (host !== undefined && NO_HOST.test(host))
    return new HttpProblem(400, "The header Host is no host.", HANG_UP);
  return undefined;
}

/** The first header that must be unique and is repeated. */
function repeatedOf(rawHeaders: string[]): string | undefined {
  let seen: string[] | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = rawHeaders[at] as string;
    if (!LENGTHS.has(header.length)) continue;
    const name = header.toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen?.includes(name)) return header;
    seen ??= [];
    seen.push(name);
  }
  return undefined;
}

/**
 * Validates requests. JSON bodies are not coerced; path and query are text, so numbers are parsed.
 */
export const validation = fp(async (app) => {
  const strict = compilerOf({ ...OPTIONS, coerceTypes: false });
  // Bounds hold for whatever becomes a number, `Infinity` included.
  const coercing = compilerOf({ ...OPTIONS, coerceTypes: true, strictNumbers: false });
  app.setValidatorCompiler((route) =>
    route.httpPart === "body" ? strict(route) : coercing(route),
  );

  app.addHook("onRequest", ({ headers, raw }, _reply, done) => {
    const problem = problemOf(headers, raw);
    if (problem) done(problem);
    else done();
  });

  function compilerOf(options: Options): FastifySchemaCompiler<object> {
    let ajv: Ajv | undefined;
    return ({ schema }) => {
      // At the first route, after the shared schemas are added.
      if (!ajv) {
        ajv = new Ajv(options);
        addFormats.default(ajv);
        for (const [name, { valid }] of Object.entries(FORMATS)) ajv.addFormat(name, valid);
        ajv.addFormat("date-time", (text) => isDateTime(text) && isMoment(text));
        for (const shared of Object.values(app.getSchemas())) ajv.addSchema(shared as object);
      }
      return ajv.compile(schema);
    };
  }
});
