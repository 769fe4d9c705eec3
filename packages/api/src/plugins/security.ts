import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import fp from "fastify-plugin";

export interface SecurityOptions {
  /** Origins whose pages may call the API; none: CORS is off. */
  corsOrigins: string[];
}

/** Security headers, and CORS where it is wanted. */
export const security = fp<SecurityOptions>(async (app, { corsOrigins }) => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      // Answers are data: nothing in them may load or run. The docs have a policy of their own.
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  if (corsOrigins.length > 0) {
    await app.register(cors, {
      origin: corsOrigins,
      methods: ["GET", "POST", "PUT", "DELETE"],
      allowedHeaders: ["authorization", "content-type"],
      exposedHeaders: ["location", "retry-after", "x-request-id"],
      maxAge: 600,
      // An OPTIONS request that is no preflight gets an empty 204, not a text that is no problem.
      strictPreflight: false,
    });
  }
});
