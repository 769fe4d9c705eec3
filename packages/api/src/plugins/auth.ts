import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../config.ts";
import { HttpProblem } from "../problems.ts";
import { type TokenSecret, Tokens } from "../tokens.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The user whose token came along; `undefined` when anybody may write (API_AUTH=open). */
    owner: string | undefined;
  }
  interface FastifyInstance {
    tokens: Tokens;
    /** Hook for routes that change something: asks for a valid token and sets `request.owner`. */
    requireToken: (request: FastifyRequest) => Promise<void>;
  }
}

export interface AuthOptions {
  mode: Config["API_AUTH"];
  secret: TokenSecret;
}

/** As RFC 6750 has it, the scheme in any case. */
const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/**
 * Bearer tokens that say who a request comes from.
 * @throws when the secret is too short
 */
export const auth = fp<AuthOptions>(async (app, { mode, secret }) => {
  const tokens = new Tokens(secret);
  app.decorate("tokens", tokens);
  app.decorateRequest("owner", undefined);
  app.decorate("requireToken", async (request) => {
    if (mode === "open") return;
    const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
    const owner = token && tokens.verify(token);
    if (!owner) throw unauthorized(request);
    request.owner = owner;
  });
  if (mode === "open") {
    app.log.warn("API_AUTH=open: anybody may change and delete any user and any post");
  }
});

/** What went wrong with a token helps nobody but an attacker; whether one was sent is no secret. */
function unauthorized(request: FastifyRequest): HttpProblem {
  const sent = request.headers.authorization !== undefined;
  return new HttpProblem(
    401,
    "Unauthorized",
    sent
      ? "The token is expired or not one of ours: log in again with POST /sessions."
      : "Send the token that POST /sessions gave as Authorization: Bearer <token>.",
    {
      headers: {
        "www-authenticate": sent
          ? 'Bearer realm="steadfast", error="invalid_token"'
          : 'Bearer realm="steadfast"',
      },
    },
  );
}

/** @throws HttpProblem 403 unless the token is the user's own, or anybody may write */
export function requireOwner(request: FastifyRequest, userId: string): void {
  if (request.owner !== undefined && request.owner !== userId) {
    throw new HttpProblem(403, "Forbidden", "The token is another user's.");
  }
}
