import { Ajv, type Options } from "ajv";
import addFormats from "ajv-formats";
import type { FastifySchemaCompiler } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

const OPTIONS: Options = {
  // Every field at fault is named, not only the first; the body limit bounds the work.
  allErrors: true,
  // Unknown fields are refused, not dropped.
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  keywords: [],
};

/**
 * Validates requests. A JSON body has types of its own and is taken as it is; path and query are
 * text, so numbers are read from it.
 */
export const validation = fp(async (app) => {
  const strict = compilerOf({ ...OPTIONS, coerceTypes: false });
  const coercing = compilerOf({ ...OPTIONS, coerceTypes: true });
  app.setValidatorCompiler((route) =>
    route.httpPart === "body" ? strict(route) : coercing(route),
  );

  // Node would ask for it, too (`requireHostHeader`), but its answer is no problem document.
  app.addHook("onRequest", ({ headers, raw }, _reply, done) => {
    if (headers.host !== undefined || raw.httpVersion === "1.0") done();
    else done(new HttpProblem(400, "Bad Request", "The header Host is missing."));
  });

  function compilerOf(options: Options): FastifySchemaCompiler<object> {
    let ajv: Ajv | undefined;
    return ({ schema }) => {
      // Made at the first route, when the shared schemas have been added.
      if (!ajv) {
        ajv = new Ajv(options);
        addFormats.default(ajv);
        ajv.addFormat("password", true);
        for (const shared of Object.values(app.getSchemas())) ajv.addSchema(shared as object);
      }
      return ajv.compile(schema);
    };
  }
});
