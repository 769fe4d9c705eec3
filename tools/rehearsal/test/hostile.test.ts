/** The emulator's hostile side, as the SDK meets it: what AWS refuses, does late, throttles and loses. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  StartInstanceRefreshCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { CodeBuildClient, CreateProjectCommand } from "@aws-sdk/client-codebuild";
import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPython } from "../../../load/test/support/tools.ts";
import { refusedPorts } from "../checks/network.ts";
import { HOSTILE, type Hostile } from "../deploy/emulator.ts";
import { paths } from "../deploy/paths.ts";
import { type OwnEmulator, startOwnEmulator } from "./support/emulator.ts";

let endpoint: string;

/** Clients' options; an answer that is an error is shown, not tried again. */
const options = (maxAttempts = 1) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts,
});
const ec2 = (attempts?: number) => new EC2Client(options(attempts));
const s3 = (attempts?: number) => new S3Client({ ...options(attempts), forcePathStyle: true });

let emulator: OwnEmulator;

async function begin(...hostile: Hostile[]): Promise<void> {
  emulator = await startOwnEmulator(hostile);
  endpoint = emulator.endpoint;
}

async function end(): Promise<void> {
  await emulator.close();
}

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

async function makeVpc() {
  const { Vpc } = await ec2().send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const vpcId = Vpc?.VpcId ?? "";
  const subnets: string[] = [];
  for (const [number, zone] of ["us-east-1a", "us-east-1b"].entries()) {
    const { Subnet } = await ec2().send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: `10.0.${number}.0/24`,
        AvailabilityZone: zone,
      }),
    );
    subnets.push(Subnet?.SubnetId ?? "");
  }
  return { vpcId, subnets };
}

test("each layer that can be asked for is a module", async () => {
  const source = await readFile(join(paths.emulator, "hostile/__init__.py"), "utf8");
  const layers = /^LAYERS = \((.*)\)$/m.exec(source)?.[1]?.match(/\w+/g) ?? [];
  expect([...layers, "lost"].sort()).toEqual([...HOSTILE].sort());
});

test("each row of documented texts has a source of AWS's", async () => {
  const rows = JSON.parse(await readFile(join(paths.emulator, "hostile/documented.json"), "utf8"));
  expect(rows.length).toBeGreaterThan(30);
  for (const { source } of rows) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});

test("a border that refuses a port of a NAT's own is found", () => {
  const entry = (RuleNumber: number, RuleAction: "allow" | "deny", port?: number) => ({
    RuleNumber,
    RuleAction,
    CidrBlock: "0.0.0.0/0",
    Egress: false,
    Protocol: port ? "6" : "-1",
    ...(port && { PortRange: { From: port, To: port } }),
  });
  const rules = [entry(100, "allow"), entry(90, "deny", 22)];
  expect(refusedPorts(rules)).toEqual([]);
  expect(refusedPorts([...rules, entry(95, "deny", 3389)])).toEqual([3389]);
  expect(refusedPorts([])).toHaveLength(10);
});

describe.skipIf(!hasPython)("texts outside AWS's alphabets and lengths:", () => {
  let vpcId: string;
  let groupId: string;
  beforeAll(async () => {
    await begin("texts");
    ({ vpcId } = await makeVpc());
    const made = await ec2().send(
      new CreateSecurityGroupCommand({ GroupName: "web", Description: "web (80)", VpcId: vpcId }),
    );
    groupId = made.GroupId ?? "";
  }, 300_000);
  afterAll(end);

  const refused: [string, () => Promise<unknown>, RegExp][] = [
    [
      "an apostrophe in a security group's description",
      () =>
        ec2().send(
          new CreateSecurityGroupCommand({ GroupName: "a", Description: "it's", VpcId: vpcId }),
        ),
      /InvalidParameterValue: CreateSecurityGroup: Description is "it's".*API_CreateSecurityGroup/,
    ],
    [
      "one in a rule's description",
      () =>
        ec2().send(
          new AuthorizeSecurityGroupIngressCommand({
            GroupId: groupId,
            IpPermissions: [
              {
                IpProtocol: "tcp",
                FromPort: 80,
                ToPort: 80,
                IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "the balancer's" }],
              },
            ],
          }),
        ),
      /IpPermissions\.IpRanges\.Description is "the balancer's"/,
    ],
    [
      "a tag of AWS's own",
      () =>
        ec2().send(
          new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: "aws:x", Value: "" }] }),
        ),
      /Tags\.Key is 'aws:x'/,
    ],
    [
      "a tag with a dash that is no hyphen, of a balancer",
      () =>
        new ElasticLoadBalancingV2Client(options()).send(
          new CreateTargetGroupCommand({ Name: "a", Tags: [{ Key: "what", Value: "a – b" }] }),
        ),
      /Tags\.Value is 'a – b'/,
    ],
    [
      "a target group's name that ends with a hyphen",
      () =>
        new ElasticLoadBalancingV2Client(options()).send(
          new CreateTargetGroupCommand({ Name: "a-" }),
        ),
      /Name is 'a-'/,
    ],
    [
      "user data of more than 16 KB",
      () =>
        ec2().send(
          new CreateLaunchTemplateCommand({
            LaunchTemplateName: "large",
            LaunchTemplateData: { UserData: Buffer.alloc(16_385, "x").toString("base64") },
          }),
        ),
      /UserData is \(hidden\): it is 16385 long, and may be 16384/,
    ],
    [
      "a role's name with a space",
      () =>
        new IAMClient(options()).send(
          new CreateRoleCommand({
            RoleName: "a b",
            AssumeRolePolicyDocument: trust("ec2.amazonaws.com"),
          }),
        ),
      /RoleName is 'a b'/,
    ],
    [
      "policies of a role that are too long without their white space",
      () =>
        new IAMClient(options()).send(
          new PutRolePolicyCommand({
            RoleName: "a",
            PolicyName: "b",
            PolicyDocument: JSON.stringify({ Statement: "x".repeat(10_240) }),
          }),
        ),
      /PolicyDocument .* may be 10240/,
    ],
    [
      "a parameter's name with a space",
      () =>
        new SSMClient(options()).send(
          new PutParameterCommand({ Name: "/a b", Value: "1", Type: "String" }),
        ),
      /Name is '\/a b'/,
    ],
    [
      "a dashboard's name with a dot",
      () =>
        new CloudWatchClient(options()).send(
          new PutDashboardCommand({ DashboardName: "a.b", DashboardBody: "{}" }),
        ),
      /DashboardName is 'a\.b'/,
    ],
    [
      "a build project's name of 151 characters",
      () =>
        new CodeBuildClient(options()).send(
          new CreateProjectCommand({
            name: "x".repeat(151),
            source: { type: "CODEPIPELINE" },
            artifacts: { type: "CODEPIPELINE" },
            environment: {
              type: "LINUX_CONTAINER",
              image: "x",
              computeType: "BUILD_GENERAL1_SMALL",
            },
            serviceRole: "arn:aws:iam::123456789012:role/builder",
          }),
        ),
      /it is 151 long, and may be 150/,
    ],
    // #region quotes
    [
      "a database's identifier with two hyphens in a row",
      () =>
        new RDSClient(options()).send(
          new CreateDBInstanceCommand({
            DBInstanceIdentifier: "a--b",
            Engine: "postgres",
            DBInstanceClass: "db.t4g.micro",
          }),
        ),
      /DBInstanceIdentifier is 'a--b'/,
    ],
    // #endregion quotes
    [
      "a bucket's name with capitals",
      () => s3().send(new CreateBucketCommand({ Bucket: "Archives" })),
      /Bucket is 'Archives'/,
    ],
  ];

  test.each(refused)("%s is refused, with the place and the source", async (_what, call, words) => {
    const error = await call().catch((each: Error) => each);
    expect(error).toBeInstanceOf(Error);
    const { name, message } = error as Error;
    expect(`${name}: ${message}`).toMatch(words);
  });

  test("what AWS allows is done", async () => {
    await ec2().send(
      new CreateSecurityGroupCommand({
        GroupName: "all",
        Description: "a-z, A-Z, 0-9, spaces, ._-:/()#,@[]+=&;{}!$*",
        VpcId: vpcId,
      }),
    );
    await ec2().send(
      new CreateTagsCommand({
        Resources: [vpcId],
        Tags: [{ Key: "what", Value: "it’s – “ours”" }],
      }),
    );
  });
});

describe.skipIf(!hasPython)("what takes its time:", () => {
  let vpcId: string;
  let subnets: string[];
  beforeAll(async () => {
    await begin("gateways", "roles", "alarms");
    ({ vpcId, subnets } = await makeVpc());
  }, 300_000);
  afterAll(end);

  const nat = () =>
    ec2().send(new CreateNatGatewayCommand({ SubnetId: subnets[0], AllocationId: "eipalloc-1" }));
  const balancer = (Scheme: "internal" | "internet-facing", Name: string) =>
    new ElasticLoadBalancingV2Client(options()).send(
      new CreateLoadBalancerCommand({ Name, Subnets: subnets, Scheme }),
    );

  test("a NAT gateway and a public balancer are refused until the internet gateway is attached", async () => {
    await expect(nat()).rejects.toThrow(/has no Internet gateway attached/);
    await expect(balancer("internet-facing", "public")).rejects.toThrow(/has no internet gateway/);
    await balancer("internal", "private");
    const { InternetGateway } = await ec2().send(new CreateInternetGatewayCommand({}));
    const attached = ec2().send(
      new AttachInternetGatewayCommand({
        VpcId: vpcId,
        InternetGatewayId: InternetGateway?.InternetGatewayId,
      }),
    );
    await expect(balancer("internet-facing", "public")).rejects.toThrow(/has no internet gateway/);
    await attached;
    await balancer("internet-facing", "public");
  });

  test("what is put into a bucket before its versioning is in effect has no version", async () => {
    const Bucket = "archives-of-a-test";
    await s3().send(new CreateBucketCommand({ Bucket }));
    const versioning = s3().send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    const put = (Key: string) => s3().send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    expect((await put("early")).VersionId).toBeUndefined();
    await versioning;
    expect((await put("late")).VersionId).toEqual(expect.any(String));
  });

  test("a role that was just made is known to no service, and then it is", async () => {
    const { Role } = await new IAMClient(options()).send(
      new CreateRoleCommand({
        RoleName: "builder",
        AssumeRolePolicyDocument: trust("codebuild.amazonaws.com"),
      }),
    );
    const project = () =>
      new CodeBuildClient(options()).send(
        new CreateProjectCommand({
          name: "checks",
          source: { type: "CODEPIPELINE", buildspec: "version: 0.2" },
          artifacts: { type: "CODEPIPELINE" },
          environment: { type: "LINUX_CONTAINER", image: "x", computeType: "BUILD_GENERAL1_SMALL" },
          serviceRole: Role?.Arn ?? "",
        }),
      );
    await expect(project()).rejects.toThrow(/not authorized to perform: sts:AssumeRole/);
    await expect.poll(() => project().then(() => "made", String)).toBe("made");
  });

  test("an instance refresh watches up to ten alarms of metrics, and no composite one", async () => {
    const alarms = new CloudWatchClient(options());
    await alarms.send(
      new PutMetricAlarmCommand({
        AlarmName: "errors",
        Namespace: "AWS/ApplicationELB",
        MetricName: "HTTPCode_Target_5XX_Count",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    await alarms.send(
      new PutCompositeAlarmCommand({ AlarmName: "all", AlarmRule: 'ALARM("errors")' }),
    );
    const groups = new AutoScalingClient(options());
    await ec2().send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "api",
        LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t3.micro" },
      }),
    );
    await groups.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: "api",
        MinSize: 0,
        MaxSize: 1,
        VPCZoneIdentifier: subnets.join(","),
        LaunchTemplate: { LaunchTemplateName: "api", Version: "1" },
      }),
    );
    const refresh = (...Alarms: string[]) =>
      groups.send(
        new StartInstanceRefreshCommand({
          AutoScalingGroupName: "api",
          Preferences: { AlarmSpecification: { Alarms } },
        }),
      );
    await expect(refresh("all")).rejects.toThrow(/all .* is a composite alarm/);
    await expect(refresh("nothing")).rejects.toThrow(/nothing .* is no alarm/);
    const many = Array.from({ length: 11 }, () => "errors");
    await expect(refresh(...many)).rejects.toThrow(/up to 10 alarms, not 11/);
    expect((await refresh("errors")).InstanceRefreshId).toEqual(expect.any(String));
  });
});

describe.skipIf(!hasPython)("what not every zone has:", () => {
  beforeAll(() => begin("zones"), 300_000);
  afterAll(end);

  test("the first zones by name are a local one, and one without the usual instance types", async () => {
    const { AvailabilityZones = [] } = await ec2().send(new DescribeAvailabilityZonesCommand({}));
    const [first, second, third] = AvailabilityZones;
    expect(first?.ZoneType).toBe("local-zone");
    const { Vpc } = await ec2().send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const subnetIn = async (AvailabilityZone: string | undefined, number: number) => {
      const { Subnet } = await ec2().send(
        new CreateSubnetCommand({
          VpcId: Vpc?.VpcId,
          CidrBlock: `10.0.${number}.0/24`,
          AvailabilityZone,
        }),
      );
      return Subnet?.SubnetId ?? "";
    };
    const local = await subnetIn(first?.ZoneName, 0);
    await expect(
      ec2().send(new CreateNatGatewayCommand({ SubnetId: local, AllocationId: "eipalloc-1" })),
    ).rejects.toThrow(/not available in us-east-1-atl-2a/);
    await expect(
      new ElasticLoadBalancingV2Client(options()).send(
        new CreateLoadBalancerCommand({
          Name: "both",
          Subnets: [local, await subnetIn(third?.ZoneName, 1)],
        }),
      ),
    ).rejects.toThrow(/subnets of us-east-1-atl-2a and of other zones/);
    await ec2().send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "small",
        LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t4g.micro" },
      }),
    );
    const group = async (AutoScalingGroupName: string, subnet: string) =>
      new AutoScalingClient(options()).send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName,
          MinSize: 0,
          MaxSize: 1,
          VPCZoneIdentifier: subnet,
          LaunchTemplate: { LaunchTemplateName: "small", Version: "1" },
        }),
      );
    await expect(group("early", await subnetIn(second?.ZoneName, 2))).rejects.toThrow(
      /t4g\.micro\) is not supported in your requested Availability Zone \(us-east-1a\)/,
    );
    await group("late", await subnetIn(third?.ZoneName, 3));
  });
});

describe.skipIf(!hasPython)("what an account may run:", () => {
  const groups = () => new AutoScalingClient(options());
  const launched = async (name: string) => {
    const { AutoScalingGroups } = await groups().send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    return AutoScalingGroups?.[0]?.Instances?.length;
  };
  const activities = async (name: string) => {
    const { Activities = [] } = await groups().send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name }),
    );
    return Activities.map(({ StatusCode, StatusMessage }) => `${StatusCode} ${StatusMessage}`);
  };
  const group = async (name: string, DesiredCapacity: number) => {
    await ec2().send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t3.micro" },
      }),
    );
    await groups().send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 9,
        DesiredCapacity,
        AvailabilityZones: ["us-east-1b"],
        LaunchTemplate: { LaunchTemplateName: name, Version: "1" },
      }),
    );
  };
  beforeAll(async () => {
    await begin("newcomer");
    await writeFile(emulator.files.control, '{"quotas": {"L-1216C47A": 5}, "refreshSeconds": 1}');
  }, 300_000);
  afterAll(end);

  test("a new account's first launches fail by the service-linked role, and are tried again", async () => {
    await group("first", 2);
    expect(await launched("first")).toBe(0);
    expect((await activities("first"))[0]).toMatch(/Failed .*Validating the service-linked role/);
    await expect.poll(() => launched("first"), { timeout: 60_000, interval: 1000 }).toBe(2);
  }, 90_000);

  test("nothing is launched beyond the quota", async () => {
    await group("second", 1);
    expect(await launched("second")).toBe(0);
    expect((await activities("second"))[0]).toMatch(/Failed .*vCPU limit of 5 allows/);
  });

  test("a refresh that wants a successor first waits for room; one that does not gets on", async () => {
    const refresh = async (MinHealthyPercentage: number, MaxHealthyPercentage: number) => {
      const Preferences = { MinHealthyPercentage, MaxHealthyPercentage };
      const AutoScalingGroupName = "first";
      await groups().send(new StartInstanceRefreshCommand({ AutoScalingGroupName, Preferences }));
    };
    const status = async () => {
      const found = await groups().send(
        new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: "first", MaxRecords: 1 }),
      );
      return found.InstanceRefreshes?.[0]?.Status;
    };
    await refresh(100, 200);
    await setTimeout(1500);
    expect(await status()).toBe("InProgress");
    expect((await activities("first"))[0]).toMatch(/Failed .*vCPU limit of 5 allows/);
    await groups().send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: "first" }));
    await refresh(50, 100);
    await expect.poll(status, { timeout: 30_000 }).toBe("Successful");
  }, 60_000);
});

describe.skipIf(!hasPython)("what goes wrong on its own:", () => {
  beforeAll(() => begin("throttle", "lost"), 300_000);
  afterAll(end);

  test("some calls are throttled, and never the same call twice in a row", async () => {
    const outcomes: string[] = [];
    for (let calls = 0; calls < 60; calls += 1) {
      const outcome = ec2()
        .send(new DescribeVpcsCommand({}))
        .then(
          () => "",
          (error) => error.name,
        );
      outcomes.push(await outcome);
    }
    const throttled = outcomes.filter(Boolean);
    expect(new Set(throttled)).toEqual(new Set(["RequestLimitExceeded"]));
    expect(throttled.length).toBeGreaterThan(1);
    expect(throttled.length).toBeLessThan(10);
    expect(outcomes.join(",")).not.toContain("RequestLimitExceeded,RequestLimitExceeded");
  });

  test("a template is made once, though its answer was lost", async () => {
    await ec2(5).send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "once",
        ClientToken: "a-token",
        LaunchTemplateData: { ImageId: "ami-12c6146b" },
      }),
    );
    const { LaunchTemplates } = await ec2(5).send(new DescribeLaunchTemplatesCommand({}));
    expect(LaunchTemplates?.map(({ LaunchTemplateName }) => LaunchTemplateName)).toEqual(["once"]);
  });

  test("a target group is made once, though its answer was lost", async () => {
    const balancing = new ElasticLoadBalancingV2Client(options(5));
    const settings = { Name: "once", Protocol: "HTTP", Port: 80, TargetType: "ip" } as const;
    const { Vpc } = await ec2(5).send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const made = await balancing.send(
      new CreateTargetGroupCommand({ ...settings, VpcId: Vpc?.VpcId }),
    );
    expect(made.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)).toEqual(["once"]);
  });

  test("a parameter that may not be overwritten exists already when it is put again", async () => {
    const ssm = new SSMClient(options(5));
    const parameter = { Name: "/app/links", Value: "secret", Type: "SecureString" } as const;
    await expect(ssm.send(new PutParameterCommand(parameter))).rejects.toThrow(/already exists/);
    await ssm.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/app/links" }));
    expect(Parameter?.Name).toBe("/app/links");
  });

  test("an object whose answer was lost is there", async () => {
    const Bucket = "objects-of-a-test";
    await s3(5).send(new CreateBucketCommand({ Bucket }));
    await s3(5).send(new PutObjectCommand({ Bucket, Key: "archive", Body: "bytes" }));
    const { Body } = await s3(5).send(new GetObjectCommand({ Bucket, Key: "archive" }));
    expect(await Body?.transformToString()).toBe("bytes");
  });
});
