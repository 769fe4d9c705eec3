/** What the emulator adds to moto: its server, its record of calls, and what it remembers. */
import { readFile } from "node:fs/promises";
import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  BatchGetProjectsCommand,
  CreateProjectCommand,
  CreateWebhookCommand,
  DeleteWebhookCommand,
} from "@aws-sdk/client-codebuild";
import {
  CreateLaunchTemplateCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateDBParameterGroupCommand,
  DescribeDBParametersCommand,
  ModifyDBParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, connect } from "../checks/cloud.ts";
import { leftovers } from "../checks/leftovers.ts";
import { type OwnEmulator, startOwnEmulator } from "./support/emulator.ts";

let emulator: OwnEmulator;
let cloud: Cloud;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  cloud = connect(emulator.endpoint, "us-east-1");
}, 600_000);
afterAll(async () => {
  await emulator?.close();
});

async function recorded(operation: string) {
  const lines = (await readFile(emulator.files.calls, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line)).filter((each) => each.operation === operation);
}

test("every call is written down: by whom, on what, with which outcome", async () => {
  await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  await cloud.s3.send(new CreateBucketCommand({ Bucket: "recorded" }));
  await cloud.s3.send(new CreateBucketCommand({ Bucket: "R" })).catch(() => {});
  const caller = { kind: "call", region: "us-east-1", key: "rehearsal" };
  expect(await recorded("CreateVpc")).toMatchObject([{ ...caller, service: "ec2", ok: true }]);
  expect(await recorded("CreateBucket")).toMatchObject([
    { ...caller, service: "s3", hints: { Bucket: "recorded" }, status: 200 },
    {
      ...caller,
      hints: { Bucket: "R" },
      ok: false,
      status: 400,
      error: expect.stringContaining("InvalidBucketName"),
    },
  ]);
});

test("what stands in a request's XML is written down as well", async () => {
  const zone = await cloud.dns.send(
    new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "once" }),
  );
  const ResourceRecordSet = {
    Name: "api.example.com",
    Type: "A" as const,
    TTL: 60,
    ResourceRecords: [{ Value: "192.0.2.1" }],
  };
  await cloud.dns.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.HostedZone?.Id,
      ChangeBatch: { Changes: [{ Action: "UPSERT", ResourceRecordSet }] },
    }),
  );
  const [change] = await recorded("ChangeResourceRecordSets");
  expect(change.hints).toMatchObject({
    "ChangeBatch.Changes.1.ResourceRecordSet.Name": "api.example.com",
  });
  expect(Object.values(change.hints)).toContain(zone.HostedZone?.Id?.split("/").at(-1));
});

test("a secret's tags are written down, which may decide who reads it", async () => {
  const { ARN } = await cloud.secrets.send(
    new CreateSecretCommand({
      Name: "tagged",
      SecretString: "correct horse",
      Tags: [{ Key: "database", Value: "own" }],
    }),
  );
  await cloud.secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
  const [read] = await recorded("GetSecretValue");
  expect(read.tags).toEqual({ [ARN ?? ""]: { database: "own" } });
});

test("what may be secret is not written down", async () => {
  const Value = "correct horse";
  await cloud.ssm.send(new PutParameterCommand({ Name: "/links", Type: "SecureString", Value }));
  const [call] = await recorded("PutParameter");
  expect(call).toMatchObject({ service: "ssm", hints: { Name: "/links" } });
  expect(JSON.stringify(call)).not.toContain(Value);
});

test("many calls at once each get their answer", async () => {
  const made = Array.from({ length: 60 }, (_, index) =>
    cloud.ec2.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` })),
  );
  const ids = (await Promise.all(made)).map(({ Vpc }) => Vpc?.VpcId);
  expect(new Set(ids).size).toBe(60);
  const attempts = await recorded("CreateVpc");
  expect(attempts.length).toBe(61);
});

test("a bucket is listed while it is emptied", async () => {
  const Bucket = "emptied";
  await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
  await Promise.all(
    keys.map((Key) => cloud.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))),
  );
  await Promise.all(
    keys.flatMap((Key) => [
      cloud.s3.send(new DeleteObjectCommand({ Bucket, Key })),
      cloud.s3.send(new ListObjectVersionsCommand({ Bucket })),
    ]),
  );
  expect((await recorded("ListObjectVersions")).map(({ status }) => status)).toEqual(
    keys.map(() => 200),
  );
});

test("a bucket's lifecycle says how many old versions it keeps", async () => {
  const Bucket = "versions";
  await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  const rule = {
    ID: "old",
    Status: "Enabled" as const,
    Filter: { Prefix: "" },
    NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 5 },
  };
  await cloud.s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [rule] },
    }),
  );
  const read = await cloud.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(read.Rules).toMatchObject([rule]);
});

test("a group that mixes Spot and on demand has its instances, and keeps its policy", async () => {
  const { Images } = await cloud.ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const { Subnets } = await cloud.ec2.send(new DescribeSubnetsCommand({}));
  const { LaunchTemplate } = await cloud.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "mixed",
      LaunchTemplateData: { ImageId: Images?.[0]?.ImageId, InstanceType: "t4g.micro" },
    }),
  );
  const LaunchTemplateSpecification = {
    LaunchTemplateId: LaunchTemplate?.LaunchTemplateId,
    Version: "1",
  };
  const group = { AutoScalingGroupName: "mixed" };
  await cloud.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...group,
      MinSize: 1,
      MaxSize: 2,
      VPCZoneIdentifier: Subnets?.[0]?.SubnetId,
      DefaultInstanceWarmup: 120,
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification, Overrides: [{ InstanceType: "t4g.micro" }] },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 50 },
      },
    }),
  );
  await cloud.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: 3 }));
  const found = await cloud.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  const [mixed] = found.AutoScalingGroups ?? [];
  expect(mixed).toMatchObject({
    DefaultInstanceWarmup: 120,
    MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification } },
    Instances: [{ LifecycleState: "InService" }],
  });
  expect(mixed?.LaunchTemplate).toBeUndefined();
});

// #region quotes
test("a parameter that is AWS's own default is pending a reboot, whatever it was asked for", async () => {
  const group = { DBParameterGroupName: "quotes" };
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      ...group,
      DBParameterGroupFamily: "postgres17",
      Description: "quotes",
    }),
  );
  const parameter = (ParameterName: string) => ({
    ParameterName,
    ParameterValue: "1",
    ApplyMethod: "immediate" as const,
  });
  const Parameters = ["rds.force_ssl", "log_min_duration_statement"].map(parameter);
  await cloud.rds.send(new ModifyDBParameterGroupCommand({ ...group, Parameters }));
  const found = await cloud.rds.send(new DescribeDBParametersCommand(group));
  expect(found.Parameters).toMatchObject([
    { ParameterName: "rds.force_ssl", ApplyMethod: "pending-reboot", Source: "user" },
    { ParameterName: "log_min_duration_statement", ApplyMethod: "immediate", Source: "user" },
  ]);
});
// #endregion quotes

test("a project has one webhook, whose secret is told once", async () => {
  const { codeBuild } = cloud;
  await codeBuild.send(
    new CreateProjectCommand({
      name: "source",
      source: { type: "GITHUB", location: "https://github.com/example/steadfast" },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: { type: "LINUX_CONTAINER", image: "x", computeType: "BUILD_GENERAL1_SMALL" },
      serviceRole: "arn:aws:iam::123456789012:role/source",
    }),
  );
  const filterGroups = [[{ type: "EVENT" as const, pattern: "PUSH" }]];
  const made = new CreateWebhookCommand({ projectName: "source", filterGroups });
  const { webhook } = await codeBuild.send(made);
  expect(webhook).toMatchObject({ filterGroups, secret: expect.any(String) });
  await expect(codeBuild.send(made)).rejects.toThrow(/already exists/);
  const webhookOf = async () => {
    const { projects } = await codeBuild.send(new BatchGetProjectsCommand({ names: ["source"] }));
    return projects?.[0]?.webhook;
  };
  expect(await webhookOf()).toEqual({ ...webhook, secret: undefined });
  await codeBuild.send(new DeleteWebhookCommand({ projectName: "source" }));
  expect(await webhookOf()).toBeUndefined();
});

test("what an account has is found and named, without what SST and AWS leave there", async () => {
  await cloud.ec2.createInternetGateway();
  await cloud.ec2.createVpc({ CidrBlock: "10.9.0.0/16" });
  await cloud.s3.createBucket({ Bucket: "left-behind" });
  await cloud.s3.createBucket({ Bucket: "sst-state-abcdef" });
  await cloud.sns.createTopic({ Name: "left-behind" });
  await cloud.logs.createLogGroup({ logGroupName: "/left/behind" });
  await cloud.dynamoDb.createTable({
    TableName: "LeftBehind",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  const found = await leftovers(cloud);
  expect(found).toEqual(
    expect.arrayContaining([
      "bucket: left-behind",
      expect.stringMatching(/^internet gateway: igw-/),
      "log group: /left/behind",
      "table: LeftBehind",
      "topic: arn:aws:sns:us-east-1:123456789012:left-behind",
      expect.stringMatching(/^VPC: vpc-/),
    ]),
  );
  expect(found.join()).not.toMatch(/sst-state|parameter: \/aws/);
});
