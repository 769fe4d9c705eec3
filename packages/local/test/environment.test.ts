import { tables } from "@steadfast/core/tables";
import { localEnvironment } from "@steadfast/local";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

const options = { endpoint: "http://127.0.0.1:8000", prefix: "p-", tokenSecret: "s".repeat(32) };

test("the links are those of a deployment, with the tables' local names", () => {
  const environment = localEnvironment(options);
  const links = Object.entries(environment).filter(([name]) => name.startsWith("SST_RESOURCE_"));
  expect(Object.fromEntries(links.map(([name, json]) => [name, JSON.parse(json)]))).toEqual({
    SST_RESOURCE_App: { name: "steadfast", stage: "local" },
    SST_RESOURCE_TokenSecret: { type: "sst.sst.Linkable", value: "s".repeat(32) },
    SST_RESOURCE_Users: { type: "sst.aws.Dynamo", name: "p-Users" },
    SST_RESOURCE_Logins: { type: "sst.aws.Dynamo", name: "p-Logins" },
    SST_RESOURCE_Posts: { type: "sst.aws.Dynamo", name: "p-Posts" },
    SST_RESOURCE_Removals: { type: "sst.aws.Dynamo", name: "p-Removals" },
  });
  expect(links).toHaveLength(Object.keys(tables).length + 2);
});

test("the SDK gets the endpoint, and a region and credentials where there are none", () => {
  for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    vi.stubEnv(name, undefined);
  }
  expect(localEnvironment(options)).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:8000",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
});

test("with a source of credentials of one's own, none are made up", () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_PROFILE", "mine");
  vi.stubEnv("AWS_REGION", "");
  const environment = localEnvironment(options);
  expect(environment).not.toHaveProperty("AWS_ACCESS_KEY_ID");
  expect(environment).toMatchObject({ AWS_REGION: "us-east-1" });
});

test("a region and credentials of one's own stay: the endpoint may be a real one", () => {
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "mine");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "mine");
  expect(localEnvironment(options)).toMatchObject({
    AWS_REGION: "eu-central-1",
  });
  expect(localEnvironment(options)).not.toHaveProperty("AWS_ACCESS_KEY_ID");
});
