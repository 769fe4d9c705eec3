/** (i) As (c), by Hono instead of Fastify. */
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { honoApp } from "../peers/hono.ts";
import { libDynamoDb } from "../peers/lib-dynamodb.ts";
import { announce } from "./sample.ts";

const app = honoApp(libDynamoDb);
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () =>
  announce(server as Server),
);
