import { isUtf8 } from "node:buffer";
import { errorCodes, type FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { HttpProblem } from "../problems.ts";
import { continueUpload } from "../raw-http.ts";

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Accepts only JSON in UTF-8 without compression; anything else is 415. Fastify's parser would
 * replace invalid UTF-8, and different passwords would become equal.
 */
export const json = fp(async (app) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const bytes = body as Buffer;
    if (bytes.length === 0 && !takesBody(request)) done(null, undefined);
    else if (isUtf8(bytes)) parse(request, bytes.toString(), done);
    else done(new HttpProblem(400, "The body is not UTF-8."));
  });
  // A body that nobody asked for is fine as long as it is empty, however it is framed.
  app.addContentTypeParser("*", (request, payload, done) => {
    if (takesBody(request)) {
      done(wrongType());
      return;
    }
    payload.once("data", () => done(wrongType())).once("end", () => done(null, undefined));
  });
  app.addHook("preParsing", ({ headers, raw }, reply, payload, done) => {
    // Many clients send a content type without a body.
    if (
      raw.headers["content-type"] !== undefined &&
      isEmpty(headers) &&
      !takesBody(reply.request)
    ) {
      delete raw.headers["content-type"];
    }
    if (isCoded(headers["content-encoding"]) && !isEmpty(headers)) {
      const headers = { "accept-encoding": "identity" };
      done(new HttpProblem(415, "Send the body as it is, without Content-Encoding.", { headers }));
      return;
    }
    if (headers.expect !== undefined && isWanted(reply.request)) continueUpload(reply.raw);
    done(null, payload);
  });
});

const wrongType = () => new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE();

function isCoded(codings = ""): boolean {
  return codings.split(",").some((coding) => !/^\s*(identity)?\s*$/i.test(coding));
}

function takesBody({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.schema?.body !== undefined;
}

function isEmpty(headers: FastifyRequest["headers"]): boolean {
  const { "content-length": length = "0" } = headers;
  return headers["transfer-encoding"] === undefined && Number(length) === 0;
}

/** Whether the body will be read; one that is too large or of a wrong type need not be sent. */
function isWanted({ headers, routeOptions }: FastifyRequest): boolean {
  const { "content-length": length = "0", "content-type": type = "" } = headers;
  return JSON_TYPE.test(type) && Number(length) <= routeOptions.bodyLimit;
}
