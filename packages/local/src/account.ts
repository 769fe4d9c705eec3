import { devNull } from "node:os";

/** Lead an SDK or SST's `Resource` to an account or another endpoint. */
const OF_AN_ACCOUNT = /^(AWS_|SST_RESOURCE|SST_KEY)/;

/**
 * Removes everything about an AWS account from an environment: credentials, profiles, endpoints,
 * and the links of an `sst shell`. Local processes must not see them.
 */
export function forgetAccount(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (OF_AN_ACCOUNT.test(name)) delete env[name];
  // Files may hold the same settings, and an instance's metadata a role.
  env.AWS_CONFIG_FILE = devNull;
  env.AWS_SHARED_CREDENTIALS_FILE = devNull;
  env.AWS_EC2_METADATA_DISABLED = "true";
}

/** Settings that make an SDK refuse or ignore its endpoint. */
const OF_ENDPOINTS = [
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_ACCOUNT_ID_ENDPOINT_MODE",
];

/**
 * Keeps the credentials, for a configured DynamoDB that may be a region's, but not what leads
 * elsewhere.
 */
export function forgetEndpoints(env: NodeJS.ProcessEnv): void {
  for (const name of OF_ENDPOINTS) delete env[name];
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"])
    if (env[name] === "") delete env[name];
}
