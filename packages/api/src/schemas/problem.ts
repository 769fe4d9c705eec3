import { type Static, Type } from "@sinclair/typebox";
import { ref } from "./text.ts";

export const FieldError = Type.Object(
  {
    in: Type.Union(
      [Type.Literal("body"), Type.Literal("query"), Type.Literal("path"), Type.Literal("header")],
      { description: "Where the field is" },
    ),
    pointer: Type.String({
      description: "The field as a JSON pointer",
      examples: ["#/login"],
    }),
    detail: Type.String({ description: "What is wrong with it", examples: ["is required"] }),
  },
  { description: "A field at fault" },
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
    errors: Type.Optional(Type.Array(FieldError, { description: "Every field at fault" })),
  },
  { $id: "Problem", description: "Problem details as of RFC 9457" },
);
export type Problem = Static<typeof Problem>;

const DESCRIPTIONS = {
  400: "The request is malformed; `errors` names every field at fault",
  401: "No token, or one that is expired or forged; at login: the login or the password is wrong",
  403: "It belongs to another user",
  404: "There is no such thing",
  409: "It clashes with something that exists, or was changed meanwhile",
  413: "The body is larger than 64 KiB",
  415: "The body is not JSON",
  429: "Too much from one client or user; `Retry-After` says when to come back",
  500: "A bug; `request_id` finds it in the logs",
  503: "Too busy, or the database does not answer; come back after `Retry-After` seconds",
} as const;

type Status = keyof typeof DESCRIPTIONS;

/** Response schemas for the problems that a route can answer with; any route can answer 500 and 503. */
export function problems(...statuses: Status[]) {
  const all: Status[] = [...statuses, 500, 503];
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: DESCRIPTIONS[status],
        content: { "application/problem+json": { schema: ref(Problem) } },
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
