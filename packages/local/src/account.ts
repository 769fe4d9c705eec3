import { devNull } from "node:os";

/** What leads an SDK or SST's `Resource` to an account, or elsewhere than it is told. */
const OF_AN_ACCOUNT = /^(AWS_|SST_RESOURCE|SST_KEY)/;

/**
 * Takes whatever concerns an AWS account out of an environment: credentials, profiles, endpoints and
 * all other settings that an SDK honours, and the links of an `sst shell`. What runs on this machine
 * alone must find none of it: `AWS_USE_FIPS_ENDPOINT` makes every call fail, and
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` sends it to the real AWS.
 *
 * @example
 * ```ts
 * forgetAccount(process.env);
 * Object.assign(process.env, localEnvironment({ … }));
 * ```
 */
export function forgetAccount(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (OF_AN_ACCOUNT.test(name)) delete env[name];
  // The same settings may stand in files, and the metadata of an instance names a role.
  env.AWS_CONFIG_FILE = devNull;
  env.AWS_SHARED_CREDENTIALS_FILE = devNull;
  env.AWS_EC2_METADATA_DISABLED = "true";
}

/** Settings by which an SDK refuses an endpoint that it is given, or does not use it. */
const OF_ENDPOINTS = [
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_ACCOUNT_ID_ENDPOINT_MODE",
];

/** Keeps who calls, for a DynamoDB that is named and may be a region's, but not what leads elsewhere. */
export function forgetEndpoints(env: NodeJS.ProcessEnv): void {
  for (const name of OF_ENDPOINTS) delete env[name];
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"])
    if (env[name] === "") delete env[name];
}
