/** What the deployed resources may do, and who may reach them. */

import { tables } from "@steadfast/core/tables";
import { beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { runProgram, SECRET, SECRET_MARK } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

/** Actions without resources, each with the condition that narrows it, if AWS has one. */
const CONDITIONS: Record<string, unknown> = {
  "cloudwatch:PutMetricData": { StringEquals: { "cloudwatch:namespace": ["Steadfast"] } },
  "logs:DescribeLogGroups": {},
  "ssm:GetManifest": {},
  "ssm:PutConfigurePackageResult": {},
  "ssmmessages:CreateControlChannel": {},
  "ssmmessages:CreateDataChannel": {},
  "ssmmessages:OpenControlChannel": {},
  "ssmmessages:OpenDataChannel": {},
};

/** Statements on more than one resource by name, each with its reason. */
const WILDCARDS: Record<string, string> = {
  "s3:GetObject": "the service's own archives and runtimes, also those that rollbacks go back to",
  "autoscaling:CompleteLifecycleAction":
    "AWS puts an ID that nobody knows before the group's own name",
  "autoscaling:SetInstanceHealth": "the same",
  "logs:CreateLogStream": "streams of the service's own log group, and of the shells' one",
  "logs:DescribeLogStreams": "the same",
  "logs:PutLogEvents": "the same",
  "ssm:UpdateInstanceInformation": "the SSM agent's, about the instance that signs it",
  "ssm:ListInstanceAssociations": "the same",
  "ssm:PutComplianceItems": "the same",
  "ssm:UpdateInstanceAssociationStatus": "the same",
};

test("a service of AWS takes a role for this account alone", async () => {
  stages.served = {
    ...stages.prod,
    pipeline: { repository: "a/b", branch: "main", source: { credential: "account" } },
  };
  const program = await runProgram({ stage: "served" });
  delete stages.served;
  const trusts = new Resources(program.resources)
    .of("aws:iam/role:Role")
    .map(({ inputs: { assumeRolePolicy: trust } }) => (trust.Statement ? trust : JSON.parse(trust)))
    .map(({ Statement }) => Statement[0])
    // EC2 names no account; iam:PassRole decides who may launch an instance with a role.
    .filter(({ Principal }) => [Principal.Service].flat()[0] !== "ec2.amazonaws.com");
  expect(trusts.map(({ Principal }) => Principal.Service[0].split(".")[0]).sort()).toEqual([
    ...["codebuild", "codebuild", "codepipeline", "events", "vpc-flow-logs"],
  ]);
  for (const { Condition } of trusts)
    expect(Condition).toEqual({ StringEquals: { "aws:SourceAccount": ["123456789012"] } });
});

describe.each(["ada", "prod", "instances"])("stage %s", (stage) => {
  let resources: Resources;
  beforeAll(async () => {
    stages.instances = { nat: "ec2" };
    const program = await runProgram({ stage });
    resources = new Resources(program.resources);
    delete stages.instances;
  });

  test("has no wildcard in an action", () => {
    expect(resources.statements().length).toBeGreaterThan(5);
    expect(
      resources
        .statements()
        .flatMap((each) => each.actions)
        .filter((action) => action.includes("*")),
    ).toEqual([]);
  });

  test("has no statement on every resource without a condition, and on several only with a reason", () => {
    for (const { actions, resources: on, condition } of resources.statements()) {
      if (on.includes("*"))
        for (const action of actions) expect(condition).toEqual(CONDITIONS[action]);
      else if (on.some((arn) => arn.includes("*")))
        expect(actions.filter((action) => !(action in WILDCARDS))).toEqual([]);
    }
  });

  test("links grant what core calls on each table and its index, and nothing else", () => {
    const granted = resources
      .statements()
      .filter((each) => each.actions.some((action) => action.startsWith("dynamodb:")));
    const wanted = Object.values(tables).flatMap(({ actions }) => [
      actions.table,
      ...("indexes" in actions ? [actions.indexes] : []),
    ]);
    expect(granted.map((each) => each.actions)).toEqual(wanted);
    for (const { resources: on } of granted)
      expect(on).toEqual([
        expect.stringMatching(/(Users|Logins|Posts|Removals)Table-\w+(\/index\/UserIdIndex)?$/),
      ]);
  });

  test("attaches no policy of AWS to any role, SST's own included", () => {
    expect(resources.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toEqual([]);
    const roles = resources.of("aws:iam/role:Role");
    expect(roles.length).toBeGreaterThan(0);
    expect(roles.flatMap((each) => each.inputs.managedPolicyArns ?? [])).toEqual([]);
  });

  test("bounds every role", () => {
    const name = stage === "prod" ? "steadfast-boundary" : "steadfast-personal-boundary";
    for (const { inputs } of resources.of("aws:iam/role:Role"))
      expect(inputs.permissionsBoundary).toBe(`arn:aws:iam::123456789012:policy/access/${name}`);
  });

  test("is open to the world at the balancer's listeners alone, and behind CloudFront nowhere", () => {
    const open = resources
      .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.cidrIpv4);
    expect(
      open.map(({ inputs }) => [inputs.securityGroupId, inputs.fromPort, inputs.toPort]),
    ).toEqual(stage === "prod" ? [] : [[expect.stringContaining("AlbSecurityGroup"), 80, 80]]);
    for (const { inputs } of [
      ...resources.of("aws:ec2/securityGroup:SecurityGroup"),
      ...resources.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    ]) {
      for (const { cidrBlocks = [] } of inputs.ingress ?? [])
        expect(cidrBlocks).not.toContain("0.0.0.0/0");
    }
  });

  test("lets instances out to HTTPS alone, and the balancer to the service alone", () => {
    const rules = resources
      .of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
      .map(({ inputs }) => inputs);
    expect(rules).toHaveLength(2);
    expect(rules).toContainEqual(
      expect.objectContaining({
        securityGroupId: expect.stringContaining("ApiSecurityGroup"),
        fromPort: 443,
        toPort: 443,
      }),
    );
    expect(rules).toContainEqual(
      expect.objectContaining({
        securityGroupId: expect.stringContaining("AlbSecurityGroup"),
        referencedSecurityGroupId: expect.stringContaining("ApiSecurityGroup"),
        fromPort: 3000,
        toPort: 3000,
      }),
    );
  });

  test("has its secret nowhere but in values marked as secret", () => {
    expect(resources.userData()).not.toContain(SECRET);
    const plain = JSON.stringify(resources.all, (_key, value) =>
      value && typeof value === "object" && SECRET_MARK in value ? "secret" : value,
    );
    expect(JSON.stringify(resources.all)).toContain(SECRET);
    expect(plain).not.toContain(SECRET);
  });
});
