import { STATUS_CODES } from "node:http";
import { type Static, Type } from "@sinclair/typebox";
import { OneOf } from "@steadfast/core";
import { ref } from "./common.ts";

export const FieldError = Type.Object(
  {
    in: OneOf(["body", "query", "path", "header"], { description: "Where the field is" }),
    pointer: Type.String({
      description: "The field as a JSON pointer",
      examples: ["#/login"],
    }),
    detail: Type.String({ description: "What is wrong with it", examples: ["is required"] }),
  },
  { $id: "FieldError", description: "A field at fault" },
);
export type FieldError = Static<typeof FieldError>;

export const Problem = Type.Object(
  {
    type: Type.String({
      format: "uri",
      description: "The kind of problem",
      examples: ["urn:steadfast:problem:bad-request"],
    }),
    title: Type.String({ description: "Its name", examples: ["Bad Request"] }),
    status: Type.Integer({ description: "The HTTP status", examples: [400] }),
    detail: Type.String({
      description: "What happened this time",
      examples: ["The request does not follow its schema."],
    }),
    request_id: Type.Optional(
      Type.String({ description: "Finds the request in the logs; also in x-request-id" }),
    ),
    errors: Type.Optional(Type.Array(ref(FieldError), { description: "Every field at fault" })),
  },
  { $id: "Problem", description: "Problem details as of RFC 9457" },
);
export type Problem = Static<typeof Problem>;

/** What follows from a problem's status. The title is RFC 9110's; Node has an older one for 413. */
export function kindOf(status: number): Pick<Problem, "type" | "title" | "status"> {
  const title = status === 413 ? "Content Too Large" : (STATUS_CODES[status] ?? "Error");
  return {
    type: `urn:steadfast:problem:${title.toLowerCase().replaceAll(" ", "-")}`,
    title,
    status,
  };
}

interface Kind {
  description: string;
  /** Example text. */
  detail: string;
  errors?: FieldError[];
}

const KINDS = {
  400: {
    description: "The request is malformed; `errors` names every field at fault",
    detail: "The request does not follow its schema.",
  },
  401: {
    description: "No token, or one that is expired or forged; at login: wrong login or password",
    detail: "Send the token that POST /sessions gave as Authorization: Bearer <token>.",
  },
  403: {
    description: "It belongs to another user",
    detail: "Only its owner may do that.",
  },
  404: {
    description: "There is no such thing",
    detail: "There is no such thing.",
  },
  409: {
    description: "It clashes with something that exists, or has changed meanwhile",
    detail: "The login is taken.",
    errors: [{ in: "body", pointer: "#/login", detail: "The login is taken." }],
  },
  413: {
    description: "The body is larger than 64 KiB",
    detail: "The body may have 64 KiB at most.",
  },
  415: {
    description: "The body is not JSON",
    detail: "Send the body as application/json.",
  },
  429: {
    description: "Too much from one client or user; retry after `Retry-After` seconds",
    detail: "Too many requests; try again in 60 seconds.",
  },
  500: {
    description: "A bug; `request_id` finds it in the logs",
    detail: "Something went wrong on our side.",
  },
  503: {
    description: "Too busy, or the database does not answer; retry after `Retry-After` seconds",
    detail: "The database did not answer in time.",
  },
} as const satisfies Record<number, Kind>;

type Status = keyof typeof KINDS;

function exampleOf(status: Status): Problem {
  const { detail, errors }: Kind = KINDS[status];
  return {
    ...{ ...kindOf(status), detail },
    request_id: "3c91a1f6-6d6c-4b53-9d0c-0f3c1f3f2a55",
    ...(errors && { errors }),
  };
}

/** Response schemas for a route's problems; any route can answer 500 and 503. */
export function problems(...statuses: Status[]) {
  const all: Status[] = [...statuses, 500, 503];
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: KINDS[status].description,
        content: {
          "application/problem+json": { schema: ref(Problem), example: exampleOf(status) },
        },
        ...((status === 429 || status === 503) && {
          headers: { "Retry-After": { type: "integer", description: "Seconds to wait" } },
        }),
        ...(status === 401 && {
          headers: { "WWW-Authenticate": { type: "string", description: "Asks for a token" } },
        }),
      },
    ]),
  );
}
