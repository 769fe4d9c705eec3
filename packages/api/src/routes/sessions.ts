import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Users } from "@steadfast/core";
import type { LoginLimits } from "../limits/login-limits.ts";
import { networksOf } from "../limits/networks.ts";
import { unauthorized } from "../problems.ts";
import { ref } from "../schemas/common.ts";
import { problems } from "../schemas/problem.ts";
import { Credentials, Session } from "../schemas/user.ts";
import { TOKEN_LIFETIME } from "../tokens.ts";

export interface SessionsOptions {
  users: Users;
  loginLimits: LoginLimits;
}

export const sessionsRoutes: FastifyPluginAsyncTypebox<SessionsOptions> = async (
  app,
  { users, loginLimits },
) => {
  app.post(
    "/sessions",
    {
      schema: {
        operationId: "createSession",
        tags: ["Sessions"],
        summary: "Log in: turn login and password into a bearer token",
        description:
          "Give the `access_token` to *Authorize*, or send it as `Authorization: Bearer <token>`.",
        security: [],
        body: ref(Credentials),
        response: { 200: ref(Session), ...problems(400, 401, 413, 415, 429) },
      },
    },
    async (request, reply) => {
      const { login, password } = request.body;
      const address = request.ip;
      const { client } = networksOf(address);
      const isKnown = () => users.isKnown(login, client);
      const user = await loginLimits.attempt({ login, address, isKnown }, () =>
        users.verify(login, password, client),
      );
      if (!user) {
        throw unauthorized("The login or the password is wrong.", 'Bearer realm="steadfast"');
      }
      reply.header("cache-control", "no-store");
      return {
        access_token: app.tokens.sign(user),
        token_type: "Bearer" as const,
        expires_in: TOKEN_LIFETIME,
        user_id: user.id,
      };
    },
  );
};
