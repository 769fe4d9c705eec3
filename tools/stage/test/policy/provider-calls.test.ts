/**
 * The deployers' rights against the real AWS provider's calls for each resource type in use.
 * `provider-calls.json` lists them with the provider's source file: `calls` always, `sometimes` in
 * the stated case.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { deployerGrants, type Size } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { resourceGraphs } from "../../graph.ts";
import { type Call, evaluate } from "../../policy/evaluate.ts";
import known from "./provider-calls.json" with { type: "json" };
import { ACCOUNT, arn, deployer, NAMED, tagged } from "./support/account.ts";
import { callsOn } from "./support/resources.ts";

interface Known {
  source: string;
  calls: string[];
  sometimes?: Record<string, string>;
}
const provider: Record<string, Known> = known;

/** Types of a pipeline, which personal stages don't have. */
const PIPELINE = /codebuild|codeconnections|codepipeline/;

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:git-a1b2c3";
const pipeline = { repository: "a/b", branch: "main" };

/** Every kind of stage. */
const SHAPES = [
  {
    stage: "prod",
    choices: {
      nat: "managed",
      quotes: true, // drop: quotes
      domain: "api.example.com",
      edge: true,
      monthlyBudget: 100,
      alarmEmails: ["ops@example.com"],
      pipeline: { ...pipeline, source: { connection: "new" }, approval: true },
    },
  },
  {
    stage: "instances",
    choices: { nat: "ec2", pipeline: { ...pipeline, source: { secret: SECRET } } },
  },
  { stage: "isolated", choices: { nat: "endpoints" } },
  { stage: "ada", dev: true },
] as const satisfies Parameters<typeof resourceGraphs>[0];

const boundary = (stage: string) =>
  `arn:aws:iam::${ACCOUNT}:policy/access/steadfast-${stage === "prod" ? "" : "personal-"}boundary`;

/** Additional context of a call, by type and call; without a type for all of them. */
function contextOf(type: string, action: string, stage: string): Call["context"] {
  const passed = /(codebuild|codepipeline|events|ec2\/flowLog|.)/.exec(
    type.split(":")[1] ?? "",
  )?.[1];
  const services: Record<string, string> = {
    codebuild: "codebuild",
    codepipeline: "codepipeline",
    "ec2/flowLog": "vpc-flow-logs",
  };
  const service = type.includes("eventTarget") ? "events" : (services[passed ?? ""] ?? "ec2");
  const linked =
    {
      "aws:cloudfront": "vpcorigin.cloudfront",
      "aws:lb": "elasticloadbalancing",
      "aws:rds": "rds",
    }[type.split("/")[0] ?? ""] ?? "autoscaling";
  const contexts: Record<string, Call["context"]> = {
    "iam:PassRole": { "iam:PassedToService": `${service}.amazonaws.com` },
    "iam:CreateServiceLinkedRole": { "iam:AWSServiceName": `${linked}.amazonaws.com` },
    "route53:ChangeResourceRecordSets": {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["api.example.com"],
    },
  };
  return {
    ...(action.startsWith("iam:") && { "iam:PermissionsBoundary": boundary(stage) }),
    // Cloud Map and EC2 make them, for who asks.
    ...(action.startsWith("route53:") &&
      /privateDns|vpcEndpoint/.test(type) && { "aws:ViaAWSService": "true" }),
    ...contexts[action],
  };
}

/** Types that the provider tags in a separate call, when new or created along with something. */
const TAGGED_LATER = /securityGroup(In|E)gressRule|default(NetworkAcl|SecurityGroup)/;

/** How EC2's types are called by IAM, for those whose tags are set by one call for all. */
const TAGGED_TYPES: Record<string, string> = {
  defaultNetworkAcl: "network-acl",
  defaultSecurityGroup: "security-group",
  securityGroupEgressRule: "security-group-rule",
  securityGroupIngressRule: "security-group-rule",
  eip: "elastic-ip",
  flowLog: "vpc-flow-log",
  instance: "instance",
  internetGateway: "internet-gateway",
  launchTemplate: "launch-template",
  natGateway: "natgateway",
  routeTable: "route-table",
  securityGroup: "security-group",
  subnet: "subnet",
  vpc: "vpc",
  vpcEndpoint: "vpc-endpoint",
};

/** IAM types of what a type creates, where its service's calls cover several. */
const OWN_TYPES: Record<string, readonly string[]> = {
  compositeAlarm: ["alarm"],
  metricAlarm: ["alarm"],
  listener: ["loadbalancer"],
  listenerRule: ["loadbalancer"],
  loadBalancer: ["loadbalancer"],
  targetGroup: ["loadbalancer"],
  instance: ["db"],
  parameterGroup: ["pg"],
  subnetGroup: ["subgrp"],
  parameter: ["parameter"],
};

/** A call of a type, on everything that it is checked on. */
async function evaluated(type: string, action: string, stage: string): Promise<Call[]> {
  const context = contextOf(type, action, stage);
  if (action === "iam:CreateServiceLinkedRole")
    return [
      { action, resource: arn("iam", "role/aws-service-role/x"), ...(context && { context }) },
    ];
  const short = type.split("/").at(-1)?.split(":")[0] ?? "";
  if (action !== "ec2:CreateTags" && action !== "ec2:DeleteTags")
    return callsOn(
      action,
      stage,
      context,
      !action.startsWith("secretsmanager") && /Tags|Resource$/.test(action)
        ? OWN_TYPES[short]
        : undefined,
    );
  const name = TAGGED_TYPES[short];
  if (!name) throw new Error(`What ${type} tags is unknown.`);
  const own = await callsOn(action, stage, context, [name]);
  if (action === "ec2:DeleteTags") return own;
  const tags = tagged({ app: "steadfast", stage }, "Request");
  const [{ resource } = { resource: "" }] = own;
  const made = TAGGED_LATER.test(type) ? tags : { ...tags, "ec2:CreateAction": createOf(type) };
  return [...own, { action, resource, context: made }];
}

/** The call that makes something of EC2. */
function createOf(type: string): string {
  const create = provider[type]?.calls.find((each) =>
    /^ec2:(Create|Allocate|Run)(?!Tags|Route$)/.test(each),
  );
  return create?.replace("ec2:", "") ?? "";
}

let used: string[];
beforeAll(async () => {
  const graphs = await resourceGraphs([...SHAPES]);
  const types = graphs.flat().filter(({ custom, type }) => custom && type.startsWith("aws:"));
  used = [...new Set(types.map(({ type }) => type))].sort();
});

test("the provider's calls are known for each type in use, and for no other", () => {
  // Functions are not among a graph's resources.
  const types = Object.keys(provider).filter((type) => !/:get[A-Z]\w+$/.test(type));
  expect(types.sort()).toEqual(used);
});

describe.each([
  ["production", "prod"],
  ["production", "ada"],
  ["personal", "ada"],
] as const)("who deploys the size %s, in stage %s", (size, stage) => {
  test.each(Object.keys(provider).filter((type) => size !== "personal" || !PIPELINE.test(type)))(
    "may make each call of %s, on what it is made on",
    async (type) => {
      const { calls, sometimes = {} } = provider[type] as Known;
      for (const action of [...calls, ...Object.keys(sometimes)]) {
        if (action in NEVER) continue;
        for (const each of await evaluated(type, action, stage))
          expect([each, await evaluate(deployer(size), each)]).toEqual([each, "allowed"]);
      }
    },
  );
});

/** Provider calls that no stage causes, each with the reason. */
const NEVER: Record<string, string> = {
  "servicediscovery:UntagResource": "no tag is ever taken away",
};

/** Rights that are not for provider calls. */
const BESIDES: Record<string, string> = {
  "ssm:DeleteAssociation": "of stages of before, whose agent an association installed",
  "ssm:DescribeAssociation": "the same, to see that it is gone",
  "ec2:DescribeAccountAttributes": "a balancer asks, for who makes it",
  "ec2:GetSecurityGroupsForVpc": "the same, with security groups",
  "ec2:DescribeInstanceTypeOfferings":
    "zones that have the instance types, asked before anything is made",
  "elasticloadbalancing:DescribeCapacityReservation":
    "newer versions of the provider, such as the rehearsal's",
  "servicequotas:GetServiceQuota": "the rollout's own call",
  "autoscaling:StartInstanceRefresh": "the same",
  "autoscaling:RollbackInstanceRefresh": "the same",
  "iam:SimulatePrincipalPolicy": "npm run doctor",
  "iam:GetPolicy": "the same",
  "iam:GetPolicyVersion": "the same",
  "acm:ListCertificates": "the same",
  "codebuild:ListSourceCredentials": "the same",
  "sts:AssumeRole": "the role of the command in sst dev",
  "iam:PutRolePermissionsBoundary": "roles from before there was a boundary",
  "iam:DetachRolePolicy": "the same, of AWS's policy for Session Manager",
};

test("every right is for a call of the provider, or for what is named here", () => {
  const asked = new Set(
    Object.values(provider).flatMap(({ calls, sometimes = {} }) => [
      ...calls,
      ...Object.keys(sometimes),
    ]),
  );
  const granted = (["production", "personal"] as Size[])
    .flatMap((size) => Object.values(deployerGrants(size, NAMED)).map(policyOf))
    .flatMap(({ Statement }) => Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => Action);
  const unused = [...new Set(granted)].filter((each) => !asked.has(each) && !(each in BESIDES));
  expect(unused).toEqual([]);
});
