import http, { type RefinedResponse } from "k6/http";
import { BASE_URL } from "./settings.ts";

export type Response = RefinedResponse<"text">;

/** A request to a route of the API. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** The route's pattern, by which its requests are grouped: `/posts/{id}`. */
  route: string;
  /** Value of `{id}`. */
  id?: string;
  body?: unknown;
  token?: string;
  /** Statuses that do not count as failed. @default any 2xx */
  expected?: number[];
}

const success = http.expectedStatuses({ min: 200, max: 299 });

/** Sends a request as a user of the scenario: measured under `<method> <route>`. */
export function send(call: Call): Response {
  const { method, url, body, params } = prepare(call, "");
  return http.request(method, url, body, params) as Response;
}

/** Sends a request for setup or teardown, measured separately from the scenario. */
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
