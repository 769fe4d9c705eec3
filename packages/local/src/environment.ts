import { tables } from "@steadfast/core/tables";

export interface LocalEnvironmentOptions {
  endpoint: string;
  prefix: string;
  /** At least 32 bytes. */
  tokenSecret: string;
  /** Environment with an optional region and credentials. @default this process's */
  env?: NodeJS.ProcessEnv;
}

const UNLIMITED = "1000000";

/** With several sources of credentials an SDK may choose the wrong one. */
const SOURCES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** The variables with which a deployment configures the API, for resources on this machine. */
export function localEnvironment(options: LocalEnvironmentOptions): Record<string, string> {
  const { env = process.env } = options;
  const links: Record<string, unknown> = {
    App: { name: "steadfast", stage: "local" },
    TokenSecret: { type: "sst.sst.Linkable", value: options.tokenSecret },
  };
  for (const name of Object.keys(tables)) {
    links[name] = { type: "sst.aws.Dynamo", name: options.prefix + name };
  }
  return {
    ...Object.fromEntries(
      Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
    ),
    // All clients, even a load test, share one address.
    REGISTRATIONS: process.env.REGISTRATIONS ?? UNLIMITED,
    USER_WRITES: process.env.USER_WRITES ?? UNLIMITED,
    AWS_ENDPOINT_URL_DYNAMODB: options.endpoint,
    // The SDK requires a region and credentials; a local engine accepts any.
    AWS_REGION: env.AWS_REGION || "us-east-1",
    ...(SOURCES.every((source) => !env[source]) && {
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    }),
  };
}
