import type { Server } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyBaseLogger, type FastifyHttpOptions, LogController } from "fastify";
import type { Config } from "./config.ts";
import { auth } from "./plugins/auth.ts";
import { docs } from "./plugins/docs.ts";
import { draining } from "./plugins/draining.ts";
import { forwarded } from "./plugins/forwarded.ts";
import { json } from "./plugins/json.ts";
import { methods } from "./plugins/methods.ts";
import { overload } from "./plugins/overload.ts";
import { problems } from "./plugins/problems.ts";
import { requestLog, requestLoggerOf } from "./plugins/request-log.ts";
import { security } from "./plugins/security.ts";
import { serialization } from "./plugins/serialization.ts";
import { validation } from "./plugins/validation.ts";
import { trustedProxies } from "./proxies.ts";
import { answerMalformedHttp, prepareServer, rewriteUrl } from "./raw-http.ts";
import { type ResourceOptions, registerResources, SCHEMAS, TAGS } from "./resources.ts";
import type { TokenSecret } from "./tokens.ts";

const KIB = 1024;

export interface AppOptions extends ResourceOptions {
  /** Signs the tokens. */
  tokenSecret: TokenSecret;
  logger: FastifyBaseLogger;
}

/**
 * Composes the API from its plugins and routes; `server.ts` listens, and tests use `app.inject`.
 * @throws when the token secret is too short
 */
export async function buildApp(options: AppOptions) {
  const { config, readiness, tokenSecret, logger } = options;
  const telemetry = await loadTelemetry(config, logger);
  const { users, posts } = telemetry?.traced(options) ?? options;
  const app = fastify({ ...serverOptions(config), loggerInstance: logger });
  prepareServer(app);
  app.withTypeProvider<TypeBoxTypeProvider>();

  // Before anything reads the client's address.
  if (config.TRUST_PROXY !== "") await app.register(forwarded);
  if (telemetry) await app.register(telemetry.plugin);
  await app.register(problems);
  await app.register(requestLog);
  await app.register(methods);
  // Before anything that may refuse: a page may read a refusal, too.
  await app.register(security, { corsOrigins: list(config.CORS_ORIGIN) });
  await app.register(draining, { readiness });
  await app.register(overload, { maxDelay: config.OVERLOAD_DELAY_MS });
  await app.register(auth, {
    mode: config.API_AUTH,
    secret: tokenSecret,
    writes: config.USER_WRITES,
  });
  await app.register(docs, { tags: TAGS, served: config.API_DOCS === "on" });
  for (const schema of SCHEMAS) app.addSchema(schema);
  await app.register(json);
  await app.register(validation);
  await app.register(serialization);

  await registerResources(app, { ...options, users, posts });
  app.refuseOtherMethods();
  await app.ready();
  return app;
}

export type App = Awaited<ReturnType<typeof buildApp>>;

/** Metrics and traces. While they are off, which is the default, not even their code is loaded. */
async function loadTelemetry(config: Config, logger: FastifyBaseLogger) {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === "") return undefined;
  const { createTelemetry } = await import("./plugins/telemetry.ts");
  const share = config.OTEL_TRACES_SAMPLER_ARG;
  return createTelemetry({ endpoint, share }, (reason) =>
    logger.warn({ reason }, "telemetry was not sent"),
  );
}

function serverOptions(config: Config) {
  return {
    routerOptions: {
      ignoreTrailingSlash: true,
      // Schemas limit each path segment; Node limits the whole.
      maxParamLength: 16 * KIB,
    },
    rewriteUrl,
    // plugins/validation.ts checks it.
    http: { requireHostHeader: false },
    bodyLimit: 64 * KIB,
    // The balancer, whose idle timeout is 60 s, must close first.
    keepAliveTimeout: 72_000,
    requestTimeout: 80_000,
    // Requests that arrive while closing are served; their answer closes the connection.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    trustProxy: trustedProxies(list(config.TRUST_PROXY), config.PROXY_HOPS),
    // One line of our own instead of Fastify's two (plugins/request-log.ts).
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: requestLoggerOf,
    genReqId: () => crypto.randomUUID(),
    clientErrorHandler: answerMalformedHttp,
  } satisfies FastifyHttpOptions<Server>;
}

function list(text: string): string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}
