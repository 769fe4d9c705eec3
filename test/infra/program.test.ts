/** The whole program of sst.config.ts, stage by stage. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { loadConfig } from "../../packages/api/src/config.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources, secretOf } from "./support/resources.ts";

const GROUP = "aws:autoscaling/group:Group";
const LISTENER = "aws:lb/listener:Listener";
const POLICY = "aws:autoscaling/policy:Policy";

beforeAll(() => {
  stages["with-domain"] = {
    ...stages.prod,
    domain: "api.example.com",
    alarmEmails: ["ops@example.com"],
    telemetry: { endpoint: "http://127.0.0.1:4318", traces: 0.05 },
  };
});
afterAll(() => {
  delete stages["with-domain"];
});

async function deploy(stage: string, dev = false) {
  const { resources, outputs } = await runProgram({ stage, dev });
  return { resources: new Resources(resources), outputs };
}

describe("a personal stage", () => {
  let deployed: Awaited<ReturnType<typeof deploy>>;
  beforeAll(async () => {
    deployed = await deploy("ada");
  });

  test("has one small instance, in a public subnet and without NAT", () => {
    const { resources } = deployed;
    expect(resources.one(GROUP).inputs).toMatchObject({
      minSize: 1,
      maxSize: 2,
      vpcZoneIdentifiers: ["VpcPublicSubnet1-id", "VpcPublicSubnet2-id"],
      launchTemplate: { version: "7" },
    });
    expect(resources.one("aws:ec2/launchTemplate:LaunchTemplate").inputs).toMatchObject({
      instanceType: "t4g.micro",
      imageId: expect.stringContaining("al2023-ami-kernel-default-arm64"),
    });
    expect(resources.all.filter((each) => /nat/i.test(each.type))).toEqual([]);
  });

  test("is wired: listener, target group, group, template, role, policy, parameter", () => {
    const { resources } = deployed;
    const listener = resources.one(LISTENER);
    const rule = resources.one("aws:lb/listenerRule:ListenerRule");
    const targets = resources.one("aws:lb/targetGroup:TargetGroup");
    expect(listener.inputs).toMatchObject({
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "fixed-response" }],
    });
    expect(rule.inputs.listenerArn).toContain("AlbHttp");
    expect(rule.inputs.actions[0].targetGroupArn).toContain(targets.name);
    expect(resources.one(GROUP).inputs.targetGroupArns).toEqual([
      rule.inputs.actions[0].targetGroupArn,
    ]);
    expect(resources.one(GROUP).inputs.launchTemplate.id).toBe("steadfast-ada-Api-id");
    expect(
      resources.one("aws:ec2/launchTemplate:LaunchTemplate").inputs.iamInstanceProfile.arn,
    ).toContain("ApiProfile");
    expect(resources.one("aws:iam/instanceProfile:InstanceProfile").inputs.role).toContain(
      "ApiRole",
    );
    expect(resources.one("aws:iam/rolePolicy:RolePolicy").inputs.role).toBe(
      "steadfast-ada-ApiRole-id",
    );
    expect(resources.userData()).toContain("/steadfast/ada/Api/links:3");
    expect(resources.userData()).toContain("steadfast-ada-Api");
  });

  test("hands links and environment over in one encrypted parameter", () => {
    const { inputs } = deployed.resources.one("aws:ssm/parameter:Parameter");
    expect(inputs).toMatchObject({ type: "SecureString", name: "/steadfast/ada/Api/links" });
    const environment = JSON.parse(secretOf(inputs.value));
    expect(Object.keys(environment).sort()).toEqual([
      "SST_RESOURCE_App",
      "SST_RESOURCE_Logins",
      "SST_RESOURCE_Posts",
      "SST_RESOURCE_Removals",
      "SST_RESOURCE_TokenSecret",
      "SST_RESOURCE_Users",
      "TRUST_PROXY",
    ]);
    expect(JSON.parse(environment.SST_RESOURCE_App)).toEqual({ name: "steadfast", stage: "ada" });
    expect(JSON.parse(environment.SST_RESOURCE_Users)).toMatchObject({
      type: expect.stringMatching(/sst:aws:Dynamo$/),
      name: expect.stringContaining("UsersTable"),
    });
    const { value, previous, next } = JSON.parse(environment.SST_RESOURCE_TokenSecret);
    for (const key of [value, previous, next]) expect(key.length).toBeGreaterThanOrEqual(32);
    expect(new Set([value, previous, next]).size).toBe(3);
    expect(environment.TRUST_PROXY).toBe("10.0.0.0/22,10.0.8.0/22");
  });

  test("says where it is, that this is plain HTTP, and how to open a shell", () => {
    expect(deployed.outputs).toMatchObject({
      url: "http://alb.example.com",
      warning: expect.stringContaining("unencrypted"),
      docs: "http://alb.example.com/docs",
      shell: expect.stringMatching(
        /^aws ssm start-session --region us-east-1 .*steadfast-ada-Api.* --document-name steadfast-Shell$/,
      ),
    });
  });

  test("follows the rollout of the template's version", () => {
    expect(
      deployed.resources.one("pulumi-nodejs:dynamic:Resource", "Rollout").inputs,
    ).toMatchObject({
      group: "steadfast-ada-Api",
      version: "7",
      region: "us-east-1",
      targetGroup: expect.stringContaining("ApiTargets"),
    });
  });

  test("has the links of sst-env.d.ts, all of which sst dev has", async () => {
    const { resources } = await deploy("ada", true);
    const links = resources.of("sst:sst:LinkRef").map((each) => each.name.replace(/LinkRef$/, ""));
    const declared = readFileSync("sst-env.d.ts", "utf8").matchAll(/^ {4}"(\w+)": \{/gm);
    expect([...declared].map(([, name]) => name).sort()).toEqual(links.sort());
  });
});

describe("prod", () => {
  test("has 2 to 6 instances of several types in public subnets of two zones, without NAT", async () => {
    const { resources } = await deploy("prod");
    const { inputs } = resources.one(GROUP);
    expect(inputs).toMatchObject({
      minSize: 2,
      maxSize: 6,
      vpcZoneIdentifiers: ["VpcPublicSubnet1-id", "VpcPublicSubnet2-id"],
    });
    expect(inputs.mixedInstancesPolicy.launchTemplate.overrides).toEqual([
      { instanceType: "t4g.micro" },
      { instanceType: "t4g.small" },
    ]);
    expect(
      inputs.mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity,
    ).toBe(100);
    expect(inputs.mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version).toBe(
      "7",
    );
    expect(resources.of("aws:ec2/natGateway:NatGateway")).toEqual([]);
    expect(resources.one(POLICY, "KeepCpu").inputs.targetTrackingConfiguration.targetValue).toBe(
      60,
    );
    // Its metrics come every minute, so a surge is met after one.
    expect(resources.one(POLICY, "Surge").inputs.policyType).toBe("StepScaling");
  });

  test("rolls back by its alarms, unless somebody turned that off", async () => {
    const rollout = ({ resources }: { resources: Resources }) =>
      resources.one("pulumi-nodejs:dynamic:Resource", "Rollout").inputs;
    const usual = rollout(await deploy("prod"));
    const { AlarmSpecification, ...preferences } = JSON.parse(usual.preferences);
    expect(preferences).toEqual({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
      AutoRollback: true,
      SkipMatching: true,
      StandbyInstances: "Ignore",
      ScaleInProtectedInstances: "Ignore",
    });
    expect(AlarmSpecification.Alarms).toHaveLength(4);
    process.env.ROLLOUT_ALARMS = "off";
    const forced = rollout(await deploy("prod").finally(() => delete process.env.ROLLOUT_ALARMS));
    expect(JSON.parse(forced.preferences).AlarmSpecification).toBeUndefined();
  });

  test("leaves what is launched to the rollout, which says it in the API's words", async () => {
    const { resources } = await deploy("prod");
    expect(resources.one(GROUP).inputs.instanceRefresh).toBeUndefined();
    expect(
      JSON.parse(resources.one("pulumi-nodejs:dynamic:Resource", "Rollout").inputs.desired),
    ).toEqual({
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: "steadfast-prod-Api-id", Version: "7" },
          Overrides: [{ InstanceType: "t4g.micro" }, { InstanceType: "t4g.small" }],
        },
        InstancesDistribution: {
          OnDemandAllocationStrategy: "prioritized",
          OnDemandBaseCapacity: 0,
          OnDemandPercentageAboveBaseCapacity: 100,
          SpotAllocationStrategy: "price-capacity-optimized",
        },
      },
    });
  });
});

describe("prod with a domain", () => {
  let resources: Resources;
  let outputs: unknown;
  beforeAll(async () => {
    ({ resources, outputs } = await deploy("with-domain"));
  });

  test("speaks HTTPS with a certificate that DNS validates, and sends HTTP there", () => {
    expect(resources.one(LISTENER, "Https").inputs).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      sslPolicy: expect.stringContaining("TLS13-1-2"),
    });
    expect(resources.one(LISTENER, "Http").inputs.defaultActions).toEqual([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
    ]);
    expect(resources.one("aws:acm/certificate:Certificate").inputs).toMatchObject({
      domainName: "api.example.com",
      validationMethod: "DNS",
    });
    const record = resources
      .of("aws:route53/record:Record")
      .find((each) => /CNAME/.test(each.name));
    expect(record?.inputs).toMatchObject({
      name: "_a.api.example.com",
      type: "CNAME",
      records: ["_b.acm.example"],
      zoneId: "zone-example.com",
      allowOverwrite: true,
    });
    const validation = resources.one("aws:acm/certificateValidation:CertificateValidation");
    expect(validation.dependsOn).toContain(`${record?.type} ${record?.name}`);
    expect(resources.one("aws:lb/listenerRule:ListenerRule").inputs.listenerArn).toContain(
      "AlbHttps",
    );
  });

  test("points the domain at the balancer", () => {
    const aliases = resources
      .of("aws:route53/record:Record")
      .filter(({ inputs }) => inputs.aliases);
    expect(aliases.map(({ inputs }) => inputs)).toEqual(
      ["A", "AAAA"].map((type) => ({
        name: "api.example.com",
        type,
        zoneId: "zone-example.com",
        aliases: [{ name: "alb.example.com", zoneId: "Z1", evaluateTargetHealth: true }],
      })),
    );
    expect(outputs).toMatchObject({ url: "https://api.example.com" });
  });

  test("tells the API where its metrics and traces go, in words that it accepts", () => {
    const { inputs } = resources.one("aws:ssm/parameter:Parameter", "ApiLinks");
    expect(loadConfig(JSON.parse(secretOf(inputs.value)))).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
      OTEL_TRACES_SAMPLER_ARG: 0.05,
    });
  });
});

describe("sst dev", () => {
  test("makes tables, secret and role, and nothing that costs money", async () => {
    const { resources, outputs } = await deploy("ada", true);
    const types = new Set(
      resources.all.filter((each) => each.type.startsWith("aws:")).map((each) => each.type),
    );
    expect([...types].sort()).toEqual([
      "aws:dynamodb/table:Table",
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
    ]);
    expect(outputs).toMatchObject({ url: "http://localhost:3000" });
  });

  test("runs services with links, role and reload, and offers the local stack", async () => {
    const { resources } = await deploy("ada", true);
    const commands = resources.of("sst:sst:DevCommand").map((each) => each.name);
    expect(commands).toEqual(expect.arrayContaining(["LocalStack", "ApiDev"]));
    expect(commands).toContain("CollectorDev"); // drop: quotes
    const role = resources.one("aws:iam/role:Role", "ApiDevRole");
    const trust = JSON.parse(role.inputs.assumeRolePolicy);
    expect(trust.Statement[0].Principal).toEqual({ AWS: ["arn:aws:iam::123456789012:root"] });
    expect(
      resources
        .statements()
        .flatMap((each) => each.actions)
        .every((action) => action.startsWith("dynamodb:")),
    ).toBe(true);
  });
});
