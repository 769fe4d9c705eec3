import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Ajv, type Options } from "ajv";
import addFormats from "ajv-formats";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { FastifySchemaCompiler } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";
import { FORMATS, isMoment } from "../schemas/text.ts";

const OPTIONS: Options = {
  // Every field at fault is named, not only the first; the body limit bounds the work.
  allErrors: true,
  // Unknown fields are refused, not dropped.
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  // Compiling a schema in strict mode finds what is wrong with it; comparing it with JSON Schema's own,
  // too, takes longer than that.
  validateSchema: false,
  keywords: [],
};

/** As RFC 3339 has it, with a time zone; true of a leap second, too. */
const isDateTime = (fullFormats["date-time"] as { validate: (text: string) => boolean }).validate;

/** Headers that say who asks for what: of two, another server on the way may believe the other. */
const SINGLE = new Set(["host", "authorization", "content-type"]);
const LENGTHS = new Set([...SINGLE].map((name) => name.length));

/** What neither a name or address nor a port has. Another server on the way may read a part of it. */
const NO_HOST = /[^!-~]|[/?#@\\,]/;

/** What comes next on the connection may be meant otherwise than we read it. */
const HANG_UP = { headers: { connection: "close" } };

function problemOf(
  { host, expect, "transfer-encoding": coding }: IncomingHttpHeaders,
  { httpVersion, rawHeaders }: IncomingMessage,
): HttpProblem | undefined {
  // Node would ask for it, too (`requireHostHeader`), but its answer is no problem document.
  if (host === undefined && httpVersion !== "1.0")
    return new HttpProblem(400, "Bad Request", "The header Host is missing.");
  if (expect !== undefined && expect.toLowerCase() !== "100-continue")
    return new HttpProblem(417, "Expectation Failed", "Expect may be 100-continue only.");
  // As with a Content-Encoding, its bytes would be taken for the body.
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return new HttpProblem(400, "Bad Request", "Transfer-Encoding may be chunked only.", HANG_UP);
  const twice = repeatedOf(rawHeaders);
  if (twice)
    return new HttpProblem(400, "Bad Request", `The header ${twice} is there twice.`, HANG_UP);
  if (host !== undefined && NO_HOST.test(host))
    return new HttpProblem(400, "Bad Request", "The header Host is no host.", HANG_UP);
  return undefined;
}

/** Which of the headers that may be there once is there again; Node would take the first. */
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
 * Validates requests. A JSON body has types of its own and is taken as it is; path and query are
 * text, so numbers are read from it.
 */
export const validation = fp(async (app) => {
  const strict = compilerOf({ ...OPTIONS, coerceTypes: false });
  // Bounds are for whatever becomes a number: `Infinity`, too, which Ajv would else not hold against them.
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
      // Made at the first route, when the shared schemas have been added.
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
