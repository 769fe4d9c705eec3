import { FORMATS } from "@steadfast/core";
import fastJsonStringify, { type Schema } from "fast-json-stringify";
import fp from "fastify-plugin";

/**
 * Serialises answers with compiled schemas as Fastify does, but compiles equal schemas once: most
 * routes declare the same problems, and compiling them for each status of each route took a quarter
 * of the start. A schema that does not compile fails the start.
 */
export const serialization = fp(async (app) => {
  const formats = Object.fromEntries(Object.keys(FORMATS).map((name) => [name, true] as const));
  const compiled = new Map<string, (answer: unknown) => string>();
  app.setSerializerCompiler<Schema>(({ schema }) => {
    const key = JSON.stringify(schema);
    let serialize = compiled.get(key);
    if (!serialize) {
      const shared = app.getSchemas() as Record<string, Schema>;
      serialize = fastJsonStringify(schema, { schema: shared, ajv: { formats } });
      compiled.set(key, serialize);
    }
    return serialize;
  });
});
