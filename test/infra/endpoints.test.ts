/** What the VPC's endpoints let through. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const OF_THE_ACCOUNT = { StringEquals: { "aws:PrincipalAccount": ["123456789012"] } };

interface Statement {
  Action: string[];
  Resource: string[];
  Condition?: unknown;
}

let resources: Resources;
beforeAll(async () => {
  stages.isolated = { nat: "endpoints" };
  resources = new Resources((await runProgram({ stage: "isolated" })).resources);
});
afterAll(() => {
  delete stages.isolated;
});

/** The statements of an endpoint, by the end of its name. */
function statements(service: string): Statement[] {
  return JSON.parse(resources.one(ENDPOINT, service).inputs.policy).Statement;
}

describe("an endpoint", () => {
  test("of any service has a policy, for whatever nat the stage has", async () => {
    expect(resources.of(ENDPOINT)).toHaveLength(7);
    const others = new Resources((await runProgram({ stage: "ada" })).resources).of(ENDPOINT);
    expect(others).toHaveLength(2);
    for (const { inputs } of [...resources.of(ENDPOINT), ...others])
      expect(JSON.parse(inputs.policy).Statement).not.toEqual([]);
  });

  test("of S3 leads to the archives for this account, and to what AWS hands out", () => {
    const [own, ofAws, ...more] = statements("S3");
    expect(more).toEqual([]);
    expect(own).toMatchObject({ Condition: OF_THE_ACCOUNT });
    expect(own?.Resource).toHaveLength(2);
    for (const arn of own?.Resource ?? []) expect(arn.toLowerCase()).toContain("artifactbucket");
    expect(ofAws?.Action).toEqual(["s3:GetObject"]);
    expect(ofAws?.Condition).toBeUndefined();
    for (const arn of ofAws?.Resource ?? [])
      expect(arn).toMatch(/^arn:aws:s3:::[a-z0-9-]*us-east-1[a-z0-9-]*\/\*$/);
    expect(ofAws?.Resource).toEqual(
      expect.arrayContaining([
        "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*",
        "arn:aws:s3:::amazon-ssm-us-east-1/*",
      ]),
    );
  });

  test("of DynamoDB leads to the tables and their indexes, for this account", () => {
    const [own, ...more] = statements("DynamoDb");
    expect(more).toEqual([]);
    expect(own).toMatchObject({ Condition: OF_THE_ACCOUNT });
    expect(own?.Resource.filter((arn) => arn.endsWith("/index/*"))).toHaveLength(4);
    expect(own?.Resource).toHaveLength(8);
    expect(own?.Resource.every((arn) => /(Users|Logins|Posts|Removals)Table/.test(arn))).toBe(true);
  });

  test.each(["Ssm", "Ssmmessages", "Logs", "Monitoring", "Autoscaling"])(
    "of %s is for this account's roles",
    (service) => {
      expect(statements(service)).toEqual([expect.objectContaining({ Condition: OF_THE_ACCOUNT })]);
    },
  );
});
