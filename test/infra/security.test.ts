/**
 * Applicable controls of AWS's Foundational Security Best Practices (and the like), one test each,
 * on production with a domain. `docs/security.md` has a line for each; for controls that are not
 * met, the test checks what the page says.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources } from "./support/resources.ts";

const ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const BUCKET = "aws:s3/bucketV2:BucketV2";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const GROUP = "aws:autoscaling/group:Group";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const INSTANCE = "aws:ec2/instance:Instance";
const LISTENER = "aws:lb/listener:Listener";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:dynamodb/table:Table";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

let prod: Resources;
let personal: Resources;
/** Production as it comes, behind CloudFront, with NAT instances, which SST makes by its own rules. */
let natInstances: Resources;
/** Production behind CloudFront with a domain. */
let named: Resources;
let natGateways: Resources;

beforeAll(async () => {
  stages.secure = { ...stages.prod, domain: "api.example.com" };
  stages.instances = { ...stages.prod, nat: "ec2" };
  stages.named = { ...stages.prod, domain: "api.example.com", edge: true };
  stages.gateways = { nat: "managed" };
  const deploy = async (stage: string) => new Resources((await runProgram({ stage })).resources);
  prod = await deploy("secure");
  personal = await deploy("ada");
  natInstances = await deploy("instances");
  named = await deploy("named");
  natGateways = await deploy("gateways");
});
afterAll(() => {
  delete stages.secure;
  delete stages.instances;
  delete stages.named;
  delete stages.gateways;
});

/** Rules open to the world: [from port, to port]. */
function worldOpen(resources: Resources): number[][] {
  const inline = [
    ...resources.of("aws:ec2/securityGroup:SecurityGroup"),
    ...resources.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
  ]
    .flatMap(({ inputs }) => inputs.ingress ?? [])
    .filter((rule) => rule.cidrBlocks?.includes("0.0.0.0/0") || rule.ipv6CidrBlocks?.length)
    .map((rule) => [rule.fromPort, rule.toPort]);
  const separate = resources
    .of(INGRESS)
    .filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0" || inputs.cidrIpv6)
    .map(({ inputs }) => [inputs.fromPort, inputs.toPort]);
  return [...inline, ...separate];
}

/** Whether the network ACL lets the world in at a port. */
function borderAllows(resources: Resources, port: number): boolean {
  const rules: {
    ruleNo: number;
    action: string;
    cidrBlock: string;
    fromPort: number;
    toPort: number;
    protocol: string;
  }[] = resources.one(ACL).inputs.ingress;
  const [first] = rules
    .filter((rule) => rule.cidrBlock === "0.0.0.0/0")
    .filter((rule) => rule.protocol === "-1" || (rule.fromPort <= port && port <= rule.toPort))
    .sort((one, other) => one.ruleNo - other.ruleNo);
  return first?.action === "allow";
}

/** The companion of each bucket, such as its policy. */
function ofEachBucket(resources: Resources, type: string): (Record<string, unknown> | undefined)[] {
  const all = resources.of(type).map(({ inputs }) => inputs);
  return resources
    .of(BUCKET)
    .map((bucket) =>
      all.find(({ bucket: name }) => name === bucket.inputs.bucket || name === `${bucket.name}-id`),
    );
}

const distribution = () => natInstances.one(DISTRIBUTION).inputs;

const controls: Record<string, () => void> = {
  "CloudFront.1": () => expect(distribution().defaultRootObject).toBeUndefined(),
  "CloudFront.3": () => {
    const behaviors = [
      distribution().defaultCacheBehavior,
      ...distribution().orderedCacheBehaviors,
    ];
    for (const { viewerProtocolPolicy } of behaviors)
      expect(viewerProtocolPolicy).toBe("redirect-to-https");
  },
  "CloudFront.4": () => expect(distribution().originGroups).toBeUndefined(),
  "CloudFront.5": () => expect(distribution().loggingConfig).toBeUndefined(),
  "CloudFront.6": () => expect(distribution().webAclId).toBeUndefined(),
  "CloudFront.7": () =>
    expect(distribution().viewerCertificate).toEqual({ cloudfrontDefaultCertificate: true }),
  "CloudFront.8": () =>
    expect(named.one(DISTRIBUTION).inputs.viewerCertificate.sslSupportMethod).toBe("sni-only"),
  "CloudFront.9": () => {
    const origin = natInstances.one("aws:cloudfront/vpcOrigin:VpcOrigin").inputs;
    expect(origin.vpcOriginEndpointConfig.originProtocolPolicy).toBe("http-only");
  },
  "CloudFront.10": () => {
    const origin = natInstances.one("aws:cloudfront/vpcOrigin:VpcOrigin").inputs;
    expect(origin.vpcOriginEndpointConfig.originSslProtocols.items).toEqual(["TLSv1.2"]);
  },
  "CloudFront.15": () =>
    expect(named.one(DISTRIBUTION).inputs.viewerCertificate.minimumProtocolVersion).toBe(
      "TLSv1.2_2021",
    ),
  "AutoScaling.1": () => expect(prod.one(GROUP).inputs.healthCheckType).toBe("ELB"),
  "AutoScaling.2": () => expect(prod.one(GROUP).inputs.vpcZoneIdentifiers).toHaveLength(2),
  "AutoScaling.6": () =>
    expect(
      prod.one(GROUP).inputs.mixedInstancesPolicy.launchTemplate.overrides.length,
    ).toBeGreaterThan(1),
  "AutoScaling.9": () => {
    const { inputs } = prod.one(GROUP);
    expect(
      inputs.mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId,
    ).toBeTruthy();
    expect(inputs.launchConfiguration).toBeUndefined();
  },
  "EC2.2": () =>
    expect(prod.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).toMatchObject({
      ingress: [],
      egress: [],
    }),
  "EC2.6": () => {
    expect(prod.one("aws:ec2/flowLog:FlowLog").inputs).toMatchObject({
      vpcId: "VpcVpc-id",
      trafficType: "ALL",
    });
    expect(personal.of("aws:ec2/flowLog:FlowLog")).toEqual([]);
  },
  "EC2.8": () => {
    const instances = natInstances.of(INSTANCE);
    expect(instances).toHaveLength(2);
    for (const { inputs } of [...instances, prod.one(TEMPLATE)]) {
      expect(inputs.metadataOptions).toMatchObject({
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      });
    }
  },
  "EC2.9": () => {
    const isPublic = (resources: Resources) =>
      resources.one(TEMPLATE).inputs.networkInterfaces[0].associatePublicIpAddress;
    expect([prod, personal, natInstances].map(isPublic)).toEqual(["true", "true", "false"]);
    // The page's reason why this is no way in.
    const intoInstances = prod
      .of(INGRESS)
      .filter(({ inputs }) => inputs.securityGroupId.includes("ApiSecurityGroup"));
    expect(intoInstances).toHaveLength(1);
    expect(intoInstances[0]?.inputs.referencedSecurityGroupId).toContain("AlbSecurityGroup");
  },
  "EC2.13": () => {
    for (const [from = 0, to = 0] of worldOpen(prod)) expect(from <= 22 && 22 <= to).toBe(false);
  },
  "EC2.15": () => {
    expect(prod.of(SUBNET)).toHaveLength(4);
    for (const { inputs } of prod.of(SUBNET))
      expect(inputs.mapPublicIpOnLaunch ?? false).toBe(false);
  },
  "EC2.18": () => {
    expect(worldOpen(prod)).toEqual([
      [80, 80],
      [443, 443],
    ]);
    expect(worldOpen(personal)).toEqual([[80, 80]]);
    // Behind CloudFront.
    expect(worldOpen(natInstances)).toEqual([]);
  },
  "EC2.19": () => {
    const HIGH_RISK = [
      20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500,
      5601, 8080, 8088, 8888, 9200, 9300,
    ];
    for (const [from = 0, to = 0] of worldOpen(prod))
      expect(HIGH_RISK.filter((port) => from <= port && port <= to)).toEqual([]);
  },
  "EC2.21": () => {
    expect([22, 3389].filter((port) => borderAllows(prod, port))).toEqual([]);
    expect([80, 443, 32_768].filter((port) => borderAllows(prod, port))).toEqual([80, 443, 32_768]);
    // A NAT's answers may arrive at any port from 1024, and a network ACL is stateless.
    for (const translated of [natInstances, natGateways])
      expect([22, 3389].filter((port) => borderAllows(translated, port))).toEqual([3389]);
  },
  "EC2.25": () => controls["EC2.9"]?.(),
  "EC2.170": () => expect(prod.one(TEMPLATE).inputs.metadataOptions.httpTokens).toBe("required"),
  "ELB.1": () => {
    expect(prod.one(LISTENER, "Http").inputs.defaultActions[0]).toMatchObject({
      type: "redirect",
      redirect: { protocol: "HTTPS" },
    });
    expect(distribution().defaultCacheBehavior.viewerProtocolPolicy).toBe("redirect-to-https");
    expect(personal.one(LISTENER).inputs.protocol).toBe("HTTP");
  },
  "ELB.4": () => expect(prod.one(LOAD_BALANCER).inputs.dropInvalidHeaderFields).toBe(true),
  "ELB.5": () => {
    expect(prod.one(LOAD_BALANCER).inputs.accessLogs).toMatchObject({
      enabled: true,
      bucket: expect.stringContaining("albaccesslogs"),
    });
    expect(personal.one(LOAD_BALANCER).inputs.accessLogs).toBeUndefined();
  },
  "ELB.6": () => {
    expect(prod.one(LOAD_BALANCER).inputs.enableDeletionProtection).toBe(true);
    expect(personal.one(LOAD_BALANCER).inputs.enableDeletionProtection).toBe(false);
  },
  "ELB.12": () => expect(prod.one(LOAD_BALANCER).inputs.desyncMitigationMode).toBe("defensive"),
  "ELB.13": () => expect(prod.one(LOAD_BALANCER).inputs.subnets).toHaveLength(2),
  "ELB.16": () => expect(prod.of("aws:wafv2/webAclAssociation:WebAclAssociation")).toEqual([]),
  "ELB.17": () =>
    expect(prod.one(LISTENER, "Https").inputs.sslPolicy).toBe(
      "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    ),
  "DynamoDB.2": () => {
    expect(prod.of(TABLE)).toHaveLength(4);
    for (const { inputs } of [...prod.of(TABLE), ...personal.of(TABLE)])
      expect(inputs.pointInTimeRecovery).toEqual({ enabled: true });
  },
  "DynamoDB.4": () => expect(prod.of("aws:backup/selection:Selection")).toEqual([]),
  "DynamoDB.6": () => {
    for (const { inputs } of prod.of(TABLE)) expect(inputs.deletionProtectionEnabled).toBe(true);
    for (const { inputs } of personal.of(TABLE))
      expect(inputs.deletionProtectionEnabled).toBe(false);
  },
  // A setting of the account, not of the app.
  "S3.1": () =>
    expect(prod.of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")).toEqual([]),
  "S3.2": () => controls["S3.8"]?.(),
  "S3.3": () => controls["S3.8"]?.(),
  "S3.5": () => {
    const policies = ofEachBucket(prod, "aws:s3/bucketPolicy:BucketPolicy");
    expect(policies).toHaveLength(2);
    for (const policy of policies) {
      expect(JSON.parse(policy?.policy as string).Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: ["s3:*"],
          Condition: { Bool: { "aws:SecureTransport": ["false"] } },
        }),
      );
    }
  },
  "S3.8": () => {
    for (const block of ofEachBucket(
      prod,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    )) {
      expect(block).toMatchObject({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    }
  },
  "S3.9": () => expect(prod.of("aws:s3/bucketLoggingV2:BucketLoggingV2")).toEqual([]),
  "S3.12": () => {
    expect(prod.of("aws:s3/bucketAclV2:BucketAclV2")).toEqual([]);
    expect(
      prod.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs.rule
        .objectOwnership,
    ).toBe("BucketOwnerEnforced");
  },
  "S3.13": () => {
    const rules = ofEachBucket(
      prod,
      "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    );
    expect(rules).toHaveLength(2);
    for (const each of rules)
      expect(each?.rules).toContainEqual(expect.objectContaining({ status: "Enabled" }));
  },
  "IAM.1": () => {
    // What is on every resource knows none: permissions.test.ts names each of them.
    for (const { actions } of prod.statements()) expect(actions).not.toContain("*");
    expect(prod.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toEqual([]);
  },
  "IAM.21": () =>
    expect(
      prod
        .statements()
        .flatMap((each) => each.actions)
        .filter((action) => /:\*$/.test(action)),
    ).toEqual([]),
  "SSM.1": () =>
    expect(prod.statements().flatMap((each) => each.actions)).toEqual(
      expect.arrayContaining(["ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel"]),
    ),
};

describe("control", () => {
  test.each(Object.entries(controls))("%s is as docs/security.md says", (_id, check) => check());
});

test("docs/security.md has a line for each control, and for no other", () => {
  const lines = readFileSync("docs/security.md", "utf8").matchAll(
    /^\| ((?:AutoScaling|CloudFront|EC2|ELB|DynamoDB|S3|IAM|SSM)\.\d+) \| [^|]+ \| (met|production|not met) \| [^|]{8,} \|$/gm,
  );
  expect([...lines].map(([, id]) => id).sort()).toEqual(Object.keys(controls).sort());
});
