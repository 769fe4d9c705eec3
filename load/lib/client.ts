import http, { type RefinedResponse } from "k6/http";
import { BASE_URL } from "./settings.ts";

export type Response = RefinedResponse<"text">;

/** A request to a route of the API. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** The route's pattern, by which its requests are measured together: `/posts/{id}`. */
  route: string;
  /** What stands for `{id}`. */
  id?: string;
  body?: unknown;
  token?: string;
  /** Answers that do not count as failed. @default any 2xx */
  expected?: number[];
}

const success = http.expectedStatuses({ min: 200, max: 299 });

/** Sends it as a user of the scenario: measured under `<method> <route>`. */
export function send(call: Call): Response {
  const { method, url, body, params } = prepare(call, "");
  return http.request(method, url, body, params) as Response;
}

/** Sends it for setup or teardown: measured apart, so that it does not colour the scenario's numbers. */
export function sendAside(call: Call): Promise<Response> {
  const { method, url, body, params } = prepare(call, "aside: ");
  return http.asyncRequest(method, url, body, params) as Promise<Response>;
}

function prepare({ method, route, id = "", body, token, expected }: Call, prefix: string) {
  return {
    method,
    url: BASE_URL + route.replace("{id}", id),
    body: body === undefined ? null : JSON.stringify(body),
    params: {
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      tags: { name: `${prefix}${method} ${route}` },
      timeout: "30s",
      responseType: "text" as const,
      responseCallback: expected ? http.expectedStatuses(...expected) : success,
    },
  };
}

/** The body of a success. */
export function bodyOf<Body>(response: Response): Body {
  return response.json() as Body;
}
