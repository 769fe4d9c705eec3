import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { forgetAccount, forgetEndpoints } from "@steadfast/local";
import { afterEach, expect, inject, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

/** What a shell may have that an SDK honours. */
const SHELL = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "x",
  AWS_SESSION_TOKEN: "x",
  AWS_PROFILE: "there-is-none",
  AWS_REGION: "",
  AWS_USE_FIPS_ENDPOINT: "true",
  AWS_USE_DUALSTACK_ENDPOINT: "true",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
  AWS_ACCOUNT_ID: "123456789012",
  AWS_ACCOUNT_ID_ENDPOINT_MODE: "required",
  AWS_CA_BUNDLE: "/nowhere",
  AWS_CONFIG_FILE: "/nowhere",
  AWS_DEFAULTS_MODE: "legacy",
  AWS_MAX_ATTEMPTS: "x",
  AWS_RETRY_MODE: "x",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere",
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/x",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1",
  AWS_SDK_UA_APP_ID: "x".repeat(100),
  AWS_AUTH_SCHEME_PREFERENCE: "sigv4a",
  SST_RESOURCES_JSON: '{"Users":{"name":"theirs"}}',
  SST_RESOURCE_Users: '{"name":"theirs"}',
  SST_KEY: "x",
  SST_KEY_FILE: "/nowhere",
};

const listTables = async (options = {}) => {
  const client = new DynamoDBClient({ endpoint: inject("dynamodb"), ...options });
  try {
    return (await client.send(new ListTablesCommand())).TableNames;
  } finally {
    client.destroy();
  }
};

test("nothing of the shell's account is left, and the SDK reaches the local engine", async () => {
  for (const [name, value] of Object.entries(SHELL)) vi.stubEnv(name, value);
  forgetAccount(process.env);
  const left = Object.keys(process.env).filter((name) => /^(AWS|SST)_/.test(name));
  expect(left.sort()).toEqual([
    "AWS_CONFIG_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_SHARED_CREDENTIALS_FILE",
  ]);
  process.env.AWS_REGION = "us-east-1";
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  await expect(listTables({ credentials })).resolves.toEqual(expect.any(Array));
});

test("for a DynamoDB that is named, who calls stays, and what leads elsewhere goes", () => {
  for (const [name, value] of Object.entries(SHELL)) vi.stubEnv(name, value);
  forgetEndpoints(process.env);
  expect(process.env).toMatchObject({ AWS_PROFILE: "there-is-none", AWS_SESSION_TOKEN: "x" });
  for (const name of ["AWS_USE_FIPS_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_REGION"])
    expect(process.env).not.toHaveProperty(name);
});
