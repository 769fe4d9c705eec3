import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { LightMyRequestResponse } from "fastify";

type Json = Record<string, unknown>;

interface Response {
  headers?: Json;
  content?: Record<string, { schema: Json; example?: Json }>;
}

/** The part of an OpenAPI document that answers are checked against. */
export interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { schemas: Record<string, Json> };
}

const NOT_ROUTED: Response = {
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Served from files, and not part of the document. */
const DOCS = /^\/docs(\/|$)/;

/** Checks answers against the OpenAPI document. */
export class Contract {
  readonly #document: OpenApi;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.#ajv = new Ajv2020({ allErrors: true });
    addFormats.default(this.#ajv);
    this.#ajv.addFormat("password", true);
    for (const name of ["visible", "text"]) this.#ajv.addFormat(name, true);
    this.#ajv.addKeyword("components");
    // Stricter than the document: an undocumented property may be a secret.
    this.#ajv.addSchema({ $id: "openapi", components: closed(document.components) });
  }

  /** @throws when the document does not promise the answer */
  check(method: string, url: string, answer: LightMyRequestResponse): void {
    const path = new URL(url, "http://api").pathname;
    if (DOCS.test(path) || method === "HEAD" || answer.statusCode === 204) return;
    const fault = this.#fault(method, path, answer);
    if (!fault) return;
    throw new Error(`${method} ${url} → ${answer.statusCode}: ${fault}\n${answer.body}`);
  }

  #fault(method: string, path: string, answer: LightMyRequestResponse): string | undefined {
    const operation = this.#operation(method, path);
    // A missing route promises a problem, like all others.
    const response = operation ? operation.responses[answer.statusCode] : NOT_ROUTED;
    if (!response) return "the status is not documented";
    const type = String(answer.headers["content-type"]).split(";")[0] as string;
    const { schema, example } = response.content?.[type] ?? {};
    if (example?.type && example.type !== answer.json().type)
      return `the example of ${answer.statusCode} is of another type, ${example.type}`;
    if (!schema) return `the content type ${type} is not documented`;
    const missing = Object.keys(response.headers ?? {}).find(
      (header) => !(header.toLowerCase() in answer.headers),
    );
    return missing ? `the header ${missing} is missing` : this.#mismatch(schema, answer);
  }

  #operation(method: string, path: string) {
    const template = Object.keys(this.#document.paths).find((candidate) => {
      const pattern = candidate.replace(/\/$/, "").replace(/\{\w+\}/g, "[^/]+");
      return new RegExp(`^${pattern}/?$`).test(path);
    });
    return template && this.#document.paths[template]?.[method.toLowerCase()];
  }

  #mismatch(schema: Json, answer: LightMyRequestResponse): string | undefined {
    const reference = `openapi${schema.$ref}`;
    const validate = this.#compiled.get(reference) ?? this.#ajv.compile({ $ref: reference });
    this.#compiled.set(reference, validate);
    return validate(answer.json()) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}

/** The same schemas without additional properties. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const copy = Object.fromEntries(entries);
  return copy.type === "object" ? { additionalProperties: false, ...copy } : copy;
}
