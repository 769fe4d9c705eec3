/** What the API serves: its resources' tags, schemas and routes. Add a new resource here. */
import {
  type Database,
  Post,
  PostChange,
  type Posts,
  Quote,
  User,
  UserChange,
  UserInput,
  type Users,
} from "@steadfast/core";
import type { Quotes } from "@steadfast/core/quotes";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config.ts";
import type { Dependencies } from "./dependencies.ts";
import { LoginLimits } from "./limits/login-limits.ts";
import { RegistrationLimits } from "./limits/registration-limits.ts";
import type { Readiness } from "./readiness.ts";
import { postsRoutes } from "./routes/posts.ts";
import { quotesRoutes } from "./routes/quotes.ts";
import { serviceRoutes } from "./routes/service.ts";
import { sessionsRoutes } from "./routes/sessions.ts";
import { usersRoutes } from "./routes/users.ts";
import { DeepHealth, Dependency, Health, Message, Service } from "./schemas/common.ts";
import { PostInput, PostPage } from "./schemas/post.ts";
import { QuotePage } from "./schemas/quote.ts";
import { Credentials, Session } from "./schemas/user.ts";

/** In the order of the OpenAPI document. */
export const TAGS = [
  { name: "Users", description: "People who post" },
  { name: "Sessions", description: "Logging in" },
  { name: "Posts", description: "What they wrote" },
  { name: "Quotes", description: "What coins were worth, where quotes are collected" }, // drop: quotes
  { name: "Service", description: "The state of the service" },
];

/** Schemas that the OpenAPI document names, and generated clients with it. */
export const SCHEMAS = [
  User,
  UserInput,
  UserChange,
  Credentials,
  Session,
  Post,
  PostInput,
  PostChange,
  PostPage,
  // #region quotes
  Quote,
  QuotePage,
  // #endregion quotes
  Message,
  Service,
  Health,
  Dependency,
  DeepHealth,
];

export interface ResourceOptions {
  config: Config;
  /** For repositories that need nothing else. */
  database: Database;
  users: Users;
  posts: Posts;
  // #region quotes
  /** Without it `/quotes` is 404. */
  quotes?: Quotes | undefined;
  // #endregion quotes
  readiness: Readiness;
  /** For `/health/deep`. */
  dependencies: Dependencies;
}

export async function registerResources(
  app: FastifyInstance,
  options: ResourceOptions,
): Promise<void> {
  const { config, users, posts, readiness, dependencies } = options;
  const loginLimits = new LoginLimits(config.LOGIN_FAILURES);
  const registrationLimits = new RegistrationLimits(config.REGISTRATIONS);
  await app.register(serviceRoutes, {
    ...{ readiness, dependencies },
    docs: config.API_DOCS === "on",
  });
  await app.register(usersRoutes, { users, posts, loginLimits, registrationLimits });
  await app.register(sessionsRoutes, { users, loginLimits });
  await app.register(postsRoutes, { posts });
  await app.register(quotesRoutes, { quotes: options.quotes }); // drop: quotes
}
