import {
  DomainError,
  type DomainErrorKind,
  FORMATS,
  LINE,
  LOGIN_PATTERN,
  TEXT,
  UUID,
} from "@steadfast/core";
import type { FastifyError, FastifySchemaValidationError } from "fastify";
import { type FieldError, kindOf, type Problem } from "./schemas/problem.ts";

/** An unsuccessful answer, thrown anywhere below a route. */
export class HttpProblem extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    detail: string,
    { errors, headers }: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.problem = { ...kindOf(status), detail, ...(errors && { errors }) };
    const retry = status === 429 || status === 503;
    this.headers = { ...(retry && { "retry-after": "1" }), ...headers };
  }
}

/** An answer that names wrong fields, as validation does. */
export function wrongFields(...errors: FieldError[]): HttpProblem {
  return new HttpProblem(400, "The request does not follow its schema.", { errors });
}

const DOMAIN: Record<Exclude<DomainErrorKind, "unauthenticated">, number> = {
  not_found: 404,
  conflict: 409,
  invalid: 400,
  forbidden: 403,
  limited: 429,
  throttled: 503,
  unavailable: 503,
};

/** Fastify's own errors by code, reworded because their messages may leak internals. */
const FASTIFY: Record<string, [status: number, detail: string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "Send the body as application/json."],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "The body may have 64 KiB at most."],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, "The body is empty; send a JSON object."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "The body is not as long as Content-Length says."],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    "The body is not valid JSON, or has a key __proto__ or constructor.prototype.",
  ],
};

/** Only what is safe to show leaves the process. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof DomainError) return fromDomain(error);
  const { code, validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation) return fromValidation(validation, validationContext ?? "body");
  const known = code === undefined ? undefined : FASTIFY[code];
  if (known) return new HttpProblem(...known);
  // secure-json-parse and Fastify mark client errors by status only.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpProblem(400, "The request is malformed.");
  }
  return new HttpProblem(500, "Something went wrong on our side.");
}

/** Details about an invalid token only help attackers; that none was sent is no secret. */
export function missingToken(): HttpProblem {
  return unauthorized(
    "Send the token that POST /sessions gave as Authorization: Bearer <token>.",
    'Bearer realm="steadfast"',
  );
}

export function endedToken(): HttpProblem {
  return unauthorized(
    "The token has ended or is not one of ours: log in again with POST /sessions.",
    'Bearer realm="steadfast", error="invalid_token"',
  );
}

/** @param challenge value of `WWW-Authenticate` */
export function unauthorized(detail: string, challenge: string): HttpProblem {
  return new HttpProblem(401, detail, {
    headers: { "www-authenticate": challenge },
  });
}

function fromDomain({ kind, message, field }: DomainError): HttpProblem {
  if (kind === "unauthenticated") return endedToken();
  return new HttpProblem(DOMAIN[kind], message, {
    ...(field && { errors: [{ in: "body", pointer: `#/${field}`, detail: message }] }),
  });
}

/** Most wrong fields named in one answer. */
const MAX_ERRORS = 20;

const PLACES: Record<string, FieldError["in"]> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "header",
};

function fromValidation(all: FastifySchemaValidationError[], context: string): HttpProblem {
  const byPointer = new Map<string, FieldError>();
  for (const error of all) {
    const pointer = pointerOf(error);
    if (byPointer.has(pointer) || byPointer.size === MAX_ERRORS) continue;
    byPointer.set(pointer, { in: PLACES[context] ?? "body", pointer, detail: ruleOf(error) });
  }
  return wrongFields(...byPointer.values());
}

/** JSON pointer to the wrong field as a URI fragment, also for a missing or unknown one. */
function pointerOf({ instancePath, params }: FastifySchemaValidationError): string {
  const name = params.missingProperty ?? params.additionalProperty;
  if (name === undefined) return `#${instancePath}`;
  return `#${instancePath}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Our patterns in words. */
const PATTERNS: Record<string, string> = {
  [UUID]: "must be a UUID in lower case",
  [LOGIN_PATTERN]:
    "must be 3 to 64 letters, digits or . _ - + @, beginning with a letter or a digit",
  [LINE]: "must be one line that is not blank, without control characters",
  [TEXT]: "must not have control characters other than tab and line breaks",
};

function ruleOf({ keyword, params, message }: FastifySchemaValidationError): string {
  if (keyword === "additionalProperties") return "is not a known field";
  if (keyword === "required") return "is required";
  if (keyword === "format")
    return FORMATS[String(params.format)]?.rule ?? message ?? "is malformed";
  if (keyword === "pattern") return PATTERNS[String(params.pattern)] ?? "is malformed";
  return message ?? "is wrong";
}
