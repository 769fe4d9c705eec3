import { subscribe } from "node:diagnostics_channel";
import type { FastifyInstance, RouteOptions } from "fastify";

/**
 * Every route of the apps that are made from now on, also those that the OpenAPI document does not name:
 * the rules for routes are held on these, so that a new one needs no edit of a test.
 */
export function collectRoutes(): RouteOptions[] {
  const routes: RouteOptions[] = [];
  subscribe("fastify.initialization", (message) => {
    const { fastify: app } = message as { fastify: FastifyInstance };
    app.addHook("onRoute", (route) => void routes.push(route));
  });
  return routes;
}
