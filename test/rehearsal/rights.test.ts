/** What the rehearsal says of recorded calls, with lines as the emulator writes them. */
import { expect, test } from "vitest";
import type { Call } from "../../scripts/rehearse/report.ts";
import { judge } from "../../scripts/rehearse/rights/judge.ts";

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
): Call => ({ service, operation, hints, key: "production", status: 200, ...more });

test("calls on what is the app's are allowed", async () => {
  const { evaluated, refused } = await judge(
    [
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
    ],
    "us-east-1",
  );
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
  const { refused } = await judge([...wrong, ...wrong], "us-east-1");
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
  const { evaluated } = await judge(
    [
      call("iam", "CreateUser", {}, { key: "rehearsal" }),
      call("ec2", "DeleteVpc", { VpcId: "vpc-0a1b2c3d" }, { status: 400, tags: {} }),
    ],
    "us-east-1",
  );
  expect(evaluated).toBe(0);
});
