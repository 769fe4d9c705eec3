import { tables } from "@steadfast/core/tables";

export interface LocalEnvironmentOptions {
  /** Where DynamoDB listens. */
  endpoint: string;
  /** What the tables' names begin with. */
  prefix: string;
  /** Signs the API's tokens; at least 32 bytes. */
  tokenSecret: string;
  /** What the process has besides, where a region and credentials may be. @default this process's */
  env?: NodeJS.ProcessEnv;
}

/** The most that the API's limits can be. */
const UNLIMITED = "1000000";

/** Where an SDK finds credentials; of several sources it may take the wrong one. */
const SOURCES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/**
 * The variables by which a deployment tells the API of its resources, for resources on this
 * machine: SST links as `SST_RESOURCE_*`, and where the SDK finds DynamoDB.
 */
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
    // Whoever comes, a load test, too, comes from one address.
    REGISTRATIONS: process.env.REGISTRATIONS ?? UNLIMITED,
    USER_WRITES: process.env.USER_WRITES ?? UNLIMITED,
    AWS_ENDPOINT_URL_DYNAMODB: options.endpoint,
    // The SDK wants a region and credentials; a local engine takes any.
    AWS_REGION: env.AWS_REGION || "us-east-1",
    ...(SOURCES.every((source) => !env[source]) && {
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    }),
  };
}
