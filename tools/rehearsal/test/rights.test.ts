/** What the rehearsal says of recorded calls, with lines as the emulator writes them. */
import { expect, test } from "vitest";
import type { Principal } from "../../stage/policy/evaluate.ts";
import type { Call } from "../deploy/report.ts";
import { deployers, judge } from "../deploy/rights/judge.ts";

const TAGS = {
  "TagSpecification.1.Tag.1.Key": "app",
  "TagSpecification.1.Tag.1.Value": "steadfast",
  "TagSpecification.1.Tag.2.Key": "stage",
  "TagSpecification.1.Tag.2.Value": "ada",
};
const ADA = { app: "steadfast", stage: "ada" };
const BOUNDARY = "arn:aws:iam::123456789012:policy/access/steadfast-boundary";

const call = (
  service: string,
  operation: string,
  hints: Record<string, string>,
  more: Partial<Call> = {},
): Call => ({
  ...{ service, operation, hints },
  ...{ region: "us-east-1", key: "production", status: 200 },
  ...more,
});

test("calls on what is the app's are allowed", async () => {
  const { evaluated, refused } = await judge([
    call("ec2", "CreateVpc", TAGS),
    call("ec2", "DeleteVpc", { VpcId: "vpc-0a1b2c3d" }, { tags: { "vpc-0a1b2c3d": ADA } }),
    call("ec2", "DescribeVpcs", {}),
    call("iam", "CreateRole", {
      RoleName: "steadfast-ada-x",
      PermissionsBoundary: BOUNDARY,
      "Tags.member.1.Key": "app",
      "Tags.member.1.Value": "steadfast",
    }),
    call("iam", "PutRolePolicy", { RoleName: "steadfast-ada-x", PolicyName: "p" }),
    call("s3", "HeadBucket", { Bucket: "steadfast-ada-artifactbucket-x" }),
    call("s3", "GetObject", { Bucket: "sst-state-x", Key: "app/steadfast/ada.json" }),
    call("monitoring", "PutMetricAlarm", { AlarmName: "steadfast-ada-x" }),
    call("budgets", "CreateNotification", { BudgetName: "steadfast-ada-Budget" }),
  ]);
  expect({ evaluated, refused }).toEqual({ evaluated: 9, refused: [] });
});

test("calls that the caller may not make are told, each once, with what they are on", async () => {
  const wrong = [
    call("ec2", "CreateVpc", {}),
    call("ec2", "CreateSubnet", { ...TAGS, VpcId: "vpc-0a1b2c3d" }, { tags: {} }),
    call("iam", "CreateRole", { RoleName: "steadfast-ada-x" }),
    call("s3", "CreateBucket", { Bucket: "sst-state-x" }),
    call("lambda", "CreateFunction", {}),
    call("ssm", "GetParameter", { Name: "/steadfast/prod/Api/links" }, { key: "personal" }),
  ];
  const { refused } = await judge([...wrong, ...wrong]);
  expect(refused.map((each) => each.split(" {")[0])).toEqual([
    "personal: ssm:GetParameter on arn:aws:ssm:us-east-1:123456789012:parameter/steadfast/prod/Api/links",
    "production: ec2:CreateSubnet on arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0a1b2c3d",
    "production: ec2:CreateVpc on arn:aws:ec2:us-east-1:123456789012:vpc/new",
    "production: iam:CreateRole on arn:aws:iam::123456789012:role/steadfast-ada-x",
    "production: lambda:CreateFunction",
    "production: s3:CreateBucket on arn:aws:s3:::sst-state-x",
  ]);
});

test("the rehearsal's own calls, and what is gone already, are nobody's", async () => {
  const { evaluated } = await judge([
    call("iam", "CreateUser", {}, { key: "rehearsal" }),
    call("ec2", "DeleteVpc", { VpcId: "vpc-0a1b2c3d" }, { status: 400, tags: {} }),
  ]);
  expect(evaluated).toBe(0);
});

const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/Users";
const api: Principal = {
  arn: "arn:aws:iam::123456789012:role/steadfast-ada-ApiRole",
  policies: {
    own: {
      Statement: [
        {
          Effect: "Allow",
          Action: "ssm:GetParameter",
          Resource: "arn:aws:ssm:us-east-1:123456789012:parameter/steadfast/ada/Api/links",
        },
        {
          Effect: "Allow",
          Action: ["s3:GetObject"],
          Resource: "arn:aws:s3:::archives/app/*",
        },
        {
          Effect: "Allow",
          Action: ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
          Resource: TABLE,
        },
        {
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
          Condition: { StringLike: { "aws:ResourceTag/database": "own" } },
        },
        { Effect: "Allow", Action: "dynamodb:Query", Resource: `${TABLE}/index/ByName` },
      ],
    },
  },
};
const judged = (...calls: Call[]) =>
  judge(
    calls.map((each) => ({ ...each, key: "Api" })),
    new Map([["Api", api]]),
  );

test("what a role may do, on its own parameter, archives, tables and indexes, is allowed", async () => {
  const { evaluated, refused } = await judged(
    call("ssm", "GetParameter", { Name: "/steadfast/ada/Api/links:1" }),
    call("s3", "GetObject", { Bucket: "archives", Key: "app/1.tar.gz" }),
    call("dynamodb", "BatchGetItem", { "RequestItems.1.TableName": "Users" }),
    call("dynamodb", "TransactWriteItems", {
      "TransactItems.1.Put.TableName": "Users",
      "TransactItems.2.Delete.TableName": "Users",
    }),
    call("dynamodb", "Query", { TableName: "Users", IndexName: "ByName" }),
  );
  expect({ evaluated, refused }).toEqual({ evaluated: 6, refused: [] });
});

test("what a role may not do is told: another's parameter, a table of a batch, a part of a transaction, a version", async () => {
  const { refused } = await judged(
    call("ssm", "GetParameter", { Name: "/steadfast/ada/Other/links:1" }),
    call("s3", "GetObject", { Bucket: "archives", Key: "app/1.tar.gz", VersionId: "1" }),
    call("dynamodb", "BatchGetItem", {
      "RequestItems.1.TableName": "Users",
      "RequestItems.2.TableName": "Posts",
    }),
    call("dynamodb", "TransactWriteItems", { "TransactItems.1.Update.TableName": "Users" }),
    call("dynamodb", "Query", { TableName: "Users" }),
  );
  expect(refused.map((each) => each.replace(" {}", ""))).toEqual([
    "steadfast-ada-ApiRole: dynamodb:BatchGetItem on arn:aws:dynamodb:us-east-1:123456789012:table/Posts",
    `steadfast-ada-ApiRole: dynamodb:Query on ${TABLE}`,
    "steadfast-ada-ApiRole: dynamodb:UpdateItem",
    `steadfast-ada-ApiRole: dynamodb:UpdateItem on ${TABLE}`,
    "steadfast-ada-ApiRole: s3:GetObjectVersion",
    "steadfast-ada-ApiRole: s3:GetObjectVersion on arn:aws:s3:::archives/app/1.tar.gz",
    "steadfast-ada-ApiRole: ssm:GetParameter on arn:aws:ssm:us-east-1:123456789012:parameter/steadfast/ada/Other/links",
  ]);
});

test("records of a zone are judged by their names, in whatever region the rest is", async () => {
  const change = (...records: string[]) => {
    const names = records.map((name, at) => [
      `ChangeBatch.Changes.${at + 1}.ResourceRecordSet.Name`,
      name,
    ]);
    return call("route53", "ChangeResourceRecordSets", {
      HostedZoneId: "Z1",
      ...Object.fromEntries(names),
    });
  };
  const named = { kept: [], domains: ["api.example.com"], connections: [], secrets: [] };
  const { evaluated, refused } = await judge(
    [change("api.example.com.", "_a1.api.example.com"), change("www.example.com")],
    deployers(named),
  );
  expect(evaluated).toBe(2);
  expect(refused).toEqual([
    expect.stringMatching(/^production: route53:ChangeResourceRecordSets on .*www.example.com/),
  ]);
});

test("a secret is judged by the tags that it had", async () => {
  const SecretId = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
  const read = (database: string) =>
    call("secretsmanager", "GetSecretValue", { SecretId }, { tags: { [SecretId]: { database } } });
  expect((await judged(read("own"))).refused).toEqual([]);
  expect((await judged(read("another"))).refused).toEqual([
    expect.stringContaining(`secretsmanager:GetSecretValue on ${SecretId}`),
  ]);
});

test("objects that are removed at once are judged one by one, with their versions", async () => {
  const { refused } = await judged(
    call("s3", "DeleteObjects", {
      Bucket: "archives",
      "Delete.Objects.1.Key": "app/1",
      "Delete.Objects.2.Key": "app/2",
      "Delete.Objects.2.VersionId": "v",
    }),
  );
  expect(refused.filter((each) => each.includes(" on "))).toEqual([
    "steadfast-ada-ApiRole: s3:DeleteObject on arn:aws:s3:::archives/app/1 {}",
    "steadfast-ada-ApiRole: s3:DeleteObjectVersion on arn:aws:s3:::archives/app/2 {}",
  ]);
});
