import { createConfig, lintFromString, parseYaml } from "@redocly/openapi-core";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { expectStatus, register, startApi } from "./support/api.ts";
import { collectRoutes } from "./support/routes.ts";

const routes = collectRoutes();
const { app, call } = await startApi();
const source = (await app.inject("/docs/json")).body;
const document = JSON.parse(source);

interface Content {
  schema: { $ref: string };
  example: { status: number; title: string };
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: object[];
  parameters?: {
    name: string;
    in: string;
    description: string;
    schema: object;
    example: unknown;
    required?: boolean;
  }[];
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  responses: Record<string, { description: string; content: Record<string, Content> }>;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
  ),
);

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 and passes a strict linter", async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: {
        "operation-operationId-unique": "error",
        "tag-description": "error",
        "no-invalid-schema-examples": "error",
        "no-invalid-media-type-examples": "error",
        "no-invalid-parameter-examples": "error",
      },
    });
    const problems = await lintFromString({ source, absoluteRef: "openapi.json", config });
    const told = problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
    );
    expect(told).toEqual([]);
  });

  it("is the same in YAML", async () => {
    const answer = await app.inject("/docs/yaml");
    expect(answer.headers["content-type"]).toContain("yaml");
    expect(parseYaml(answer.body)).toEqual(document);
  });

  it("has every route once: no HEAD, and no path with and without its slash", () => {
    const shown = routes.filter(({ schema, config }) => !schema?.hide && !config?.refused);
    const named = shown.flatMap(({ method, url }) =>
      [method].flat().map((each) => `${each} ${url.replace(/(?<=.)\/$/, "")}`),
    );
    const wanted = named.filter((name) => !/^(HEAD|OPTIONS) |\/docs/.test(name));
    const names = operations.map(([name]) => name.replaceAll(/\{(\w+)\}/g, ":$1"));
    expect(names.toSorted()).toEqual([...new Set(wanted)].toSorted());
  });

  it("names every object and every set of words, so that clients can", () => {
    const nameless = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      inner(schema as Inner).flatMap(({ type, anyOf, oneOf }) =>
        type === "object" || anyOf || oneOf ? [name] : [],
      ),
    );
    expect(nameless).toEqual([]);
  });

  it("describes the bearer token", () => {
    expect(document.components.securitySchemes.bearer).toMatchObject({
      type: "http",
      scheme: "bearer",
      bearerFormat: "JWT",
    });
  });

  it("shows no password in an answer", () => {
    const { User, Session, Problem } = document.components.schemas;
    for (const schema of [User, Session, Problem]) {
      expect(Object.keys(schema.properties)).not.toContain("password");
    }
    expect(document.components.schemas.UserInput.properties.password.writeOnly).toBe(true);
  });
});

describe.each(operations)("%s", (name, operation) => {
  it("has an id, a summary, a description and a tag that is described", () => {
    expect(operation.description).toMatch(/^[A-Z0-9`].*[.]$/s);
    expect(operation.operationId).toMatch(/^[a-z]+[A-Za-z]+$/);
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    const tags = document.tags.map((tag: { name: string }) => tag.name);
    expect(operation.tags).toHaveLength(1);
    expect(tags).toContain(operation.tags[0]);
  });

  it("tells of its errors as problems", () => {
    const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const statuses = errors.map(([status]) => Number(status));
    const writes = /^(POST|PUT|DELETE)/.test(name);
    const expected = [400, 500, 503, ...(writes ? [413, 415] : [])];
    expect(statuses).toEqual(expect.arrayContaining(expected));
    for (const [status, { content }] of errors) {
      expect(Object.keys(content)).toEqual(["application/problem+json"]);
      expect(content["application/problem+json"]?.example.status).toBe(Number(status));
    }
  });

  it("says that it wants a token exactly when it answers 401 without one", async () => {
    const [method, path] = name.split(" ") as ["GET", string];
    const url = path.replaceAll(/\{\w+\}/g, crypto.randomUUID());
    const { statusCode } = await call(method, url);
    const wants = operation.security.length > 0;
    expect(statusCode === 401).toBe(wants);
    if (!wants) return;
    expect(operation.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["401", "429"]));
    const { token } = await register({ call });
    expect((await call(method, url, { token })).statusCode).not.toBe(401);
  });

  it("describes its parameters, each with an example or a default", () => {
    for (const parameter of operation.parameters ?? []) {
      expect(parameter.description).not.toBe("");
      if (parameter.in === "path") expect(parameter.example).toBeDefined();
    }
    const required = operation.parameters?.map((parameter) => parameter.required ?? false) ?? [];
    expect(required).toEqual(required.toSorted((a, b) => Number(b) - Number(a)));
  });
});

describe("the examples", () => {
  const ajv = new Ajv2020({ keywords: ["components", "example"] });
  addFormats.default(ajv);
  ajv.addFormat("password", true);
  for (const name of ["visible", "text"]) ajv.addFormat(name, true);
  ajv.addSchema({ $id: "openapi", components: document.components });

  // #region quotes
  it("of a page of quotes asks for what there is: no times, which Swagger UI would fill in", () => {
    const parameters = document.paths["/quotes"].get.parameters as Operation["parameters"];
    expect(parameters?.filter(({ example }) => example !== undefined)).toEqual([]);
  });
  // #endregion quotes

  it.each(operations.filter(([, { requestBody }]) => requestBody))(
    "of %s follows its schema",
    (_name, { requestBody }) => {
      const { $ref } = requestBody?.content["application/json"]?.schema ?? { $ref: "" };
      expect(ajv.validate({ $ref: `openapi${$ref}` }, exampleOf($ref))).toBe(true);
    },
  );

  it("work as they stand: register, log in, write, change, list, delete", async () => {
    const example = (id: string) => {
      const operation = operations.find(([, { operationId }]) => operationId === id)?.[1];
      return exampleOf(operation?.requestBody?.content["application/json"]?.schema.$ref ?? "");
    };
    const registered = await call("POST", "/users/", { body: example("createUser") });
    const { id } = expectStatus(201, registered).json();
    const session = await call("POST", "/sessions", { body: example("createSession") });
    const token = expectStatus(200, session).json().access_token;
    const written = await call("POST", "/posts/", { body: example("createPost"), token });
    const url = expectStatus(201, written).headers.location as string;
    expectStatus(200, await call("PUT", url, { body: example("replacePost"), token }));
    expect((await call("GET", `/users/${id}/posts`)).json().items).toHaveLength(1);
    expectStatus(200, await call("DELETE", url, { token }));
    const body = example("replaceUser");
    expectStatus(200, await call("PUT", `/users/${id}`, { body, token }));
    expectStatus(200, await call("DELETE", `/users/${id}`, { token }));
  });
});

interface Inner {
  type?: string;
  anyOf?: unknown[];
  oneOf?: unknown[];
  properties?: Record<string, Inner>;
  items?: Inner;
}

/** The schemas within a schema. */
function inner({ properties = {}, items }: Inner): Inner[] {
  const direct = [...Object.values(properties), ...(items ? [items] : [])];
  return [...direct, ...direct.flatMap(inner)];
}

interface Schema {
  examples?: unknown[];
  required?: string[];
  properties: Record<string, { examples: unknown[] }>;
}

/** What Swagger UI fills in: the schema's own example, or those of its fields. */
function exampleOf($ref: string): unknown {
  const name = $ref.split("/").at(-1) as string;
  const schema: Schema = document.components.schemas[name];
  if (schema.examples) return schema.examples[0];
  return Object.fromEntries(
    Object.entries(schema.properties).map(([field, { examples }]) => [field, examples[0]]),
  );
}
