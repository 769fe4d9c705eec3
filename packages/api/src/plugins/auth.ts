import { type Actor, ANYBODY } from "@steadfast/core";
import type { FastifyRequest, onRequestHookHandler, RouteOptions } from "fastify";
import fp from "fastify-plugin";
import type { Config } from "../config.ts";
import { tooMany } from "../limits/budget.ts";
import { Rate } from "../limits/rate.ts";
import { endedToken, missingToken } from "../problems.ts";
import { type TokenSecret, Tokens } from "../tokens.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** See {@link actorOf}; `undefined` on routes that need no token. */
    actor: Actor | undefined;
  }
  interface FastifyInstance {
    tokens: Tokens;
    /**
     * Who asks on an open route: the user of a valid token, or {@link ANYBODY} with API_AUTH=open.
     */
    readerOf: (request: FastifyRequest) => Actor | undefined;
  }
}

export interface AuthOptions {
  mode: Config["API_AUTH"];
  secret: TokenSecret;
  /** Most changes per user and minute. */
  writes: number;
}

/** RFC 6750, with the scheme in any case. */
const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/** In seconds. */
const MINUTE = 60;

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Bearer tokens identify the client. A route with side effects requires one unless its schema says
 * `security: []`. Also limits each user's changes.
 * @throws when the secret is too short
 */
export const auth = fp<AuthOptions>(async (app, { mode, secret, writes }) => {
  const tokens = new Tokens(secret);
  const rate = new Rate(writes, MINUTE);
  const readerOf = (request: FastifyRequest) => {
    if (mode === "open") return ANYBODY;
    const { authorization } = request.headers;
    const token = authorization && BEARER.exec(authorization)?.[1];
    return token ? tokens.verify(token) : undefined;
  };
  const requireToken: onRequestHookHandler = (request, _reply, done) => {
    const actor = readerOf(request);
    request.actor = actor;
    if (!actor) {
      done(request.headers.authorization === undefined ? missingToken() : endedToken());
      return;
    }
    // By epoch, too: an ended token must not use up what its user may do.
    const wait = actor === ANYBODY ? 0 : rate.take(`${actor.id} ${actor.epoch}`);
    if (wait > 0) done(tooMany("changes", wait));
    else done();
  };
  app.decorate("tokens", tokens);
  app.decorate("readerOf", readerOf);
  app.decorateRequest("actor", undefined);
  app.addHook("onRoute", (route) => {
    if (!isOpen(route)) route.onRequest = [requireToken, ...[route.onRequest ?? []].flat()];
  });
  if (mode === "open") {
    app.log.warn("API_AUTH=open: anybody may change and delete any user and any post");
  }
});

function isOpen({ method, schema }: RouteOptions): boolean {
  if (schema?.security) return schema.security.length === 0;
  return [method].flat().every((name) => SAFE.has(name));
}

/** On whose behalf a request of a closed route acts. @throws on an open route */
export function actorOf({ actor, routeOptions }: FastifyRequest): Actor {
  if (actor !== undefined) return actor;
  throw new Error(`${routeOptions.url} asks for no token, and so cannot know who asks.`);
}
