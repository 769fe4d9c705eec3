import { isUtf8 } from "node:buffer";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";

/**
 * Bodies are JSON in UTF-8; any other type is 415. Fastify's own parser reads what is not UTF-8 as
 * well, with U+FFFD in place of each wrong byte: something else than was sent would be stored, and
 * different passwords would be one.
 */
export const json = fp(async (app) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const bytes = body as Buffer;
    if (isUtf8(bytes)) parse(request, bytes.toString(), done);
    else done(new HttpProblem(400, "Bad Request", "The body is not UTF-8."));
  });
});
