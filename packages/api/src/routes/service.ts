import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Dependencies } from "../dependencies.ts";
import { DOCS_PATH } from "../paths.ts";
import { NEVER_SHED } from "../plugins/overload.ts";
import { HttpProblem } from "../problems.ts";
import type { Readiness } from "../readiness.ts";
import { DeepHealth, Health, ref, Service } from "../schemas/common.ts";
import { problems } from "../schemas/problem.ts";
import { VERSION } from "../version.ts";

export interface ServiceOptions {
  readiness: Readiness;
  dependencies: Dependencies;
  /** Whether `/docs` is served. */
  docs: boolean;
}

/** Name, version and health: `/health/ready` is for balancers, `/health/deep` for people. */
export const serviceRoutes: FastifyPluginAsyncTypebox<ServiceOptions> = async (
  app,
  { readiness, dependencies, docs },
) => {
  app.get(
    "/",
    {
      config: NEVER_SHED,
      schema: {
        operationId: "getService",
        tags: ["Service"],
        summary: "Name and version of the service",
        description: "Touches nothing else, so it fails only with the process.",
        security: [],
        response: { 200: ref(Service), ...problems(400) },
      },
    },
    () => ({ name: "steadfast" as const, version: VERSION, ...(docs && { docs: DOCS_PATH }) }),
  );

  app.get(
    "/health/live",
    {
      config: NEVER_SHED,
      logLevel: "warn",
      schema: {
        operationId: "getLiveness",
        tags: ["Service"],
        summary: "Whether the process lives",
        description: "Touches nothing else, so it fails only with the process.",
        security: [],
        response: { 200: ref(Health), ...problems(400) },
      },
    },
    () => ({ status: "live" as const }),
  );

  app.get(
    "/health/ready",
    {
      config: NEVER_SHED,
      logLevel: "warn",
      schema: {
        operationId: "getReadiness",
        tags: ["Service"],
        summary: "Whether the process can serve",
        description:
          "For load balancers: its database has answered once since it started, and it is not stopping.",
        security: [],
        response: { 200: ref(Health), ...problems(400) },
      },
    },
    async () => {
      if (readiness.draining) {
        throw new HttpProblem(503, "The process is about to stop.");
      }
      await readiness.check();
      return { status: "ready" as const };
    },
  );

  app.get(
    "/health/deep",
    {
      config: NEVER_SHED,
      logLevel: "warn",
      schema: {
        operationId: "getDependencies",
        tags: ["Service"],
        summary: "Whether what the process depends on answers now",
        description: "For people and dashboards, not for load balancers. A 503 names what is away.",
        security: [],
        response: { 200: ref(DeepHealth), ...problems(400) },
      },
    },
    async () => {
      const found = await dependencies.look();
      const away = found.filter(({ answers }) => !answers).map(({ name }) => name);
      if (away.length === 0) return { status: "well" as const, dependencies: found };
      throw new HttpProblem(503, `${away.join(" and ")} did not answer.`);
    },
  );
};
