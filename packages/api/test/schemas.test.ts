import fastify, { type FastifySchema } from "fastify";
import { describe, expect, it } from "vitest";
import { serialization } from "../src/plugins/serialization.ts";
import { validation } from "../src/plugins/validation.ts";

/** An app with one route of this schema, composed like `buildApp`. */
async function appWith(schema: FastifySchema, answer: unknown = {}) {
  const app = fastify();
  app.addSchema({ $id: "Point", type: "object", properties: { x: { type: "integer" } } });
  await app.register(validation);
  await app.register(serialization);
  await app.register(async (routes) => {
    routes.post("/", { schema }, () => answer);
    routes.put("/", { schema }, () => answer);
  });
  return app;
}

describe("a schema that is wrong fails the start", () => {
  it.each<[string, FastifySchema]>([
    ["a type that does not exist", { body: { type: "text" } }],
    ["a keyword that does not exist", { body: { type: "string", longest: 3 } }],
    ["a limit that is no number", { body: { type: "string", maxLength: "3" } }],
    ["a pattern that does not parse", { querystring: { a: { type: "string", pattern: "(" } } }],
    ["a format that does not exist", { querystring: { a: { type: "string", format: "ssn" } } }],
    ["a reference to nothing", { body: { $ref: "Line#" } }],
    ["an answer of a type that does not exist", { response: { 200: { type: "text" } } }],
    ["an answer that refers to nothing", { response: { 200: { $ref: "Line#" } } }],
  ])("%s", async (_what, schema) => {
    const app = await appWith(schema);
    await expect(app.ready()).rejects.toThrow();
  });
});

it("writes answers by their schemas, equal ones and others", async () => {
  const schema = { response: { 200: { type: "array", items: { $ref: "Point#" } } } };
  const app = await appWith(schema, [{ x: 1, secret: "s" }]);
  const bodies = await Promise.all(
    (["POST", "PUT"] as const).map(async (method) => (await app.inject({ method, url: "/" })).body),
  );
  expect(bodies).toEqual(['[{"x":1}]', '[{"x":1}]']);
});
