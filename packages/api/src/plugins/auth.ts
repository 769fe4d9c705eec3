import jwt from "@fastify/jwt";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../config.ts";
import { HttpProblem } from "../problems.ts";

/** Seconds for which a token is good. */
export const TOKEN_LIFETIME = 3600;

/** Tokens that were found good are remembered by their hash, so many at most and until they expire. */
const REMEMBERED = 1000;

const MIN_SECRET_BYTES = 32;
const ISSUER = "steadfast";

declare module "@fastify/jwt" {
  interface FastifyJWT {
    payload: { sub: string };
    user: { sub: string };
  }
}

declare module "fastify" {
  interface FastifyRequest {
    /** The user whose token came along; `undefined` when anybody may write (API_AUTH=open). */
    owner: string | undefined;
  }
  interface FastifyInstance {
    /** Hook for routes that change something: asks for a valid token and sets `request.owner`. */
    requireToken: (request: FastifyRequest) => Promise<void>;
  }
}

export interface AuthOptions {
  mode: Config["API_AUTH"];
  /** Signs the tokens; at least 32 bytes. */
  secret: string;
}

/**
 * Bearer tokens (JWT, HS256) that say who a request comes from.
 * @throws when the secret is too short
 */
export const auth = fp<AuthOptions>(async (app, { mode, secret }) => {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new Error(
      `The link TokenSecret is too short: it must have at least ${MIN_SECRET_BYTES} bytes, ` +
        'for example from "openssl rand -base64 48".',
    );
  }
  await app.register(jwt, {
    secret,
    sign: { algorithm: "HS256", expiresIn: TOKEN_LIFETIME, iss: ISSUER },
    verify: {
      algorithms: ["HS256"],
      allowedIss: ISSUER,
      requiredClaims: ["sub", "exp", "iss"],
      cache: REMEMBERED,
    },
  });
  app.decorateRequest("owner", undefined);
  app.decorate("requireToken", async (request) => {
    if (mode === "open") return;
    try {
      // Not `request.jwtVerify`, which prepares the key anew for each request.
      request.owner = app.jwt.verify<{ sub: string }>(app.jwt.lookupToken(request)).sub;
    } catch {
      throw unauthorized(request);
    }
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
