/** Alb and Service by themselves: arguments, links, what is refused. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Resources, secretOf } from "../../../../test/infra/support/resources.ts";
import type { AlbArgs } from "../../src/alb/args.ts";
import type { ServiceArgs } from "../../src/service/args.ts";
import { entry, run, SUBNETS, vpc } from "./support/program.ts";

type Components = typeof import("../../src/alb/alb.ts") &
  typeof import("../../src/service/service.ts");
let components: Components;

const GROUP = "aws:autoscaling/group:Group";
const PARAMETER = "aws:ssm/parameter:Parameter";
const POLICY = "aws:autoscaling/policy:Policy";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const asg = (args: Partial<ServiceArgs> = {}, dev = false) =>
  run(() => new components.Service("Worker", { vpc, entry, ...args }), { dev });

function behind(
  args: Partial<ServiceArgs> = {},
  place: Partial<ServiceArgs["loadBalancer"]> = {},
  balancer: Partial<AlbArgs> = {},
) {
  return run(() => {
    const alb = new components.Alb("Edge", { vpc: SUBNETS, ...balancer });
    new components.Service("Worker", {
      vpc,
      entry,
      port: 8000,
      loadBalancer: { instance: alb, rules: [{}], ...place },
      ...args,
    });
  });
}

beforeAll(async () => {
  await run(() => undefined);
  components = {
    ...(await import("../../src/alb/alb.ts")),
    ...(await import("../../src/service/service.ts")),
  };
});

describe("Service", () => {
  test("of one worker needs no balancer: EC2's checks, nothing lets anybody in, no alarms", async () => {
    const resources = await asg({ rollout: { healthyPercentage: [0, 100] } });
    expect(resources.one(GROUP).inputs).toMatchObject({
      minSize: 1,
      maxSize: 1,
      healthCheckType: "EC2",
      instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
    });
    expect(resources.one(GROUP).inputs.targetGroupArns).toBeUndefined();
    expect(resources.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")).toEqual([]);
    expect(resources.of("aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
    expect(resources.of(POLICY)).toEqual([]);
  });

  test("behind a balancer lets in the balancer alone, at its port", async () => {
    const resources = await behind();
    const { inputs } = resources.one(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "FromBalancer",
    );
    expect(inputs).toMatchObject({
      fromPort: 8000,
      toPort: 8000,
      referencedSecurityGroupId: expect.stringContaining("EdgeSecurityGroup"),
    });
    expect(resources.one(GROUP).inputs.healthCheckType).toBe("ELB");
  });

  test("connects to other services by a rule on either side, and nothing else changes", async () => {
    const connectsTo = [{ name: "Postgres", port: 5432, securityGroup: "sg-database" }];
    const resources = await asg({ connectsTo });
    const own = expect.stringContaining("WorkerSecurityGroup");
    const way = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
    const rules = (type: string) => resources.of(type).map(({ inputs }) => inputs);
    expect(rules("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")).toEqual([
      expect.objectContaining({
        ...way,
        securityGroupId: "sg-database",
        referencedSecurityGroupId: own,
      }),
    ]);
    expect(rules("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")).toEqual([
      expect.objectContaining({ fromPort: 443, cidrIpv4: "0.0.0.0/0" }),
      expect.objectContaining({
        ...way,
        securityGroupId: own,
        referencedSecurityGroupId: "sg-database",
      }),
    ]);
  });

  test("keeps CPU use and requests at what is asked for", async () => {
    const resources = await behind({
      scaling: { min: 1, max: 4, cpuUtilization: 40, requestCount: 3000 },
    });
    expect(resources.of(POLICY).map(({ inputs }) => inputs.targetTrackingConfiguration)).toEqual([
      {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: 40,
      },
      {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: expect.stringMatching(
            /^app\/.*Edge.*\/1\/targetgroup\/.*WorkerTargets.*\/1$/,
          ),
        },
        targetValue: 3000,
      },
    ]);
  });

  test("meets a surge after one minute of detailed monitoring, besides keeping a use of the CPU", async () => {
    const scaling = { min: 2, max: 6 };
    const resources = await asg({ scaling, detailedMonitoring: true });
    const [keep, surge] = resources.of(POLICY).map(({ inputs }) => inputs);
    expect(keep?.policyType).toBe("TargetTrackingScaling");
    expect(surge).toMatchObject({
      policyType: "StepScaling",
      adjustmentType: "PercentChangeInCapacity",
      minAdjustmentMagnitude: 1,
      stepAdjustments: [
        {
          metricIntervalLowerBound: "0",
          metricIntervalUpperBound: "15",
          scalingAdjustment: 50,
        },
        { metricIntervalLowerBound: "15", scalingAdjustment: 200 },
      ],
    });
    const { inputs: alarm } = resources.one("aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(alarm).toMatchObject({
      metricName: "CPUUtilization",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 70,
      period: 60,
      evaluationPeriods: 1,
      alarmActions: [expect.stringMatching(/Surge/)],
    });
  });

  test.each<[string, Partial<ServiceArgs>]>([
    ["without detailed monitoring", { scaling: { min: 2, max: 6 } }],
    [
      "where it is not wanted",
      { detailedMonitoring: true, scaling: { min: 2, max: 6, surge: false } },
    ],
    ["where nothing scales", { detailedMonitoring: true, scaling: { min: 2 } }],
    [
      "where more CPU use is kept",
      { detailedMonitoring: true, scaling: { min: 2, max: 6, cpuUtilization: 80 } },
    ],
    [
      "with steps",
      { detailedMonitoring: true, scaling: { min: 2, max: 6, steps: { above: 5, below: 1 } } },
    ],
  ])("knows no surge %s", async (_, args) => {
    const types = (await asg(args)).of(POLICY).map(({ inputs }) => inputs.policyType);
    expect(types).not.toContain("StepScaling");
  });

  test("scales in steps of one instead, above and below a use of the CPU", async () => {
    const resources = await asg({ scaling: { min: 1, max: 4, steps: { above: 5, below: 1 } } });
    expect(
      resources.of(POLICY).map(({ inputs }) => [inputs.policyType, inputs.scalingAdjustment]),
    ).toEqual([
      ["SimpleScaling", 1],
      ["SimpleScaling", -1],
    ]);
    const alarms = resources
      .of("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => inputs);
    expect(alarms).toEqual([
      expect.objectContaining({
        comparisonOperator: "GreaterThanThreshold",
        threshold: 5,
        dimensions: { AutoScalingGroupName: "steadfast-ada-Worker" },
      }),
      expect.objectContaining({ comparisonOperator: "LessThanThreshold", threshold: 1 }),
    ]);
  });

  test("takes Spot instances above a base, and replaces those at risk", async () => {
    const { inputs } = (await asg({ capacity: { base: 1, spot: 75 } })).one(GROUP);
    expect(inputs.capacityRebalance).toBe(true);
    expect(inputs.mixedInstancesPolicy.instancesDistribution).toMatchObject({
      onDemandBaseCapacity: 1,
      onDemandPercentageAboveBaseCapacity: 25,
    });
  });

  test("hands what it was given to group and template", async () => {
    const resources = await asg({
      health: { startPeriod: "90 seconds" },
      maxInstanceLifetime: "30 days",
      disk: 20,
      ami: "ami-1",
      detailedMonitoring: true,
      drain: "1 minute",
    });
    expect(resources.one(GROUP).inputs).toMatchObject({
      healthCheckGracePeriod: 120,
      defaultInstanceWarmup: 120,
      maxInstanceLifetime: 2_592_000,
    });
    expect(resources.one(TEMPLATE).inputs).toMatchObject({
      imageId: "ami-1",
      monitoring: { enabled: true },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeSize: 20, encrypted: "true", volumeType: "gp3" } },
      ],
    });
    expect(resources.one("aws:autoscaling/lifecycleHook:LifecycleHook").inputs).toMatchObject({
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: 120,
      defaultResult: "CONTINUE",
    });
  });

  test("finds the image of the artifact's architecture", async () => {
    const x64 = await asg({
      instances: ["t3.micro"],
    });
    expect(x64.one(TEMPLATE).inputs.imageId).toMatch(/al2023-ami-kernel-default-x86_64$/);
  });

  test("lets transform change every resource", async () => {
    const tags = { changed: "yes" };
    const resources = await behind({
      scaling: { min: 1, max: 2 },
      transform: {
        autoScalingGroup: { defaultCooldown: 7 },
        launchTemplate: (args) => {
          args.tags = tags;
          return undefined;
        },
        role: { tags },
        policy: { name: "changed" },
        instanceProfile: { tags },
        securityGroup: { tags },
        parameter: { tags },
        scalingPolicy: { enabled: false },
        alarm: { tags },
        lifecycleHook: { heartbeatTimeout: 99 },
      },
    });
    expect(resources.one(GROUP).inputs.defaultCooldown).toBe(7);
    for (const type of [
      TEMPLATE,
      PARAMETER,
      "aws:iam/role:Role",
      "aws:iam/instanceProfile:InstanceProfile",
    ])
      expect(resources.one(type).inputs.tags).toEqual(tags);
    for (const alarm of resources.of("aws:cloudwatch/metricAlarm:MetricAlarm"))
      expect(alarm.inputs.tags).toEqual(tags);
    expect(
      resources.one("aws:ec2/securityGroup:SecurityGroup", "WorkerSecurityGroup").inputs.tags,
    ).toEqual(tags);
    expect(resources.one("aws:iam/rolePolicy:RolePolicy").inputs.name).toBe("changed");
    expect(resources.one(POLICY).inputs.enabled).toBe(false);
    expect(
      resources.one("aws:autoscaling/lifecycleHook:LifecycleHook").inputs.heartbeatTimeout,
    ).toBe(99);
  });

  test("lets transform change every resource that it and its balancer make", async () => {
    const changed = new Set<string>();
    // Any transform that is asked for.
    const transform = new Proxy(
      {},
      {
        get: () => (_args: unknown, _opts: unknown, name: string) => {
          changed.add(name);
          return undefined;
        },
      },
    );
    const resources = await behind(
      {
        scaling: { min: 1, max: 2, requestCount: 100 },
        rollout: { composite: true },
        connectsTo: [{ name: "Postgres", port: 5432, securityGroup: "sg-database" }],
        transform,
      },
      {},
      { domain: "api.example.com", accessLogs: "7 days", transform },
    );
    const made = resources.all
      // What belongs to the bucket is changed by the bucket's own transform.
      .filter(
        ({ type, name }) => type.startsWith("aws:") && !/^(EdgeAccessLogs.|Artifacts)/.test(name),
      )
      .map(({ name }) => name);
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter((name) => !changed.has(name))).toEqual([]);
    expect(changed).toContain("EdgeAccessLogs");
  });

  test.each<[Partial<ServiceArgs>, string]>([
    [
      { instances: ["t4g.micro", "m7i.large"] },
      '"instances" names "m7i.large"; each must be of the architecture arm64',
    ],
    [
      { scaling: { min: 3, max: 2 } },
      '"scaling.max" is 2; it must be a whole number, at least 1 and not less than "scaling.min" (3).',
    ],
    [{ scaling: { min: 1, max: 2, surge: true } }, '"scaling.surge" needs "detailedMonitoring"'],
    [
      { detailedMonitoring: true, scaling: { min: 1, max: 2, cpuUtilization: 75, surge: true } },
      '"scaling.surge" acts above 70 % of CPU use, so it needs "scaling.cpuUtilization" to keep less than that.',
    ],
    [
      { scaling: { min: 1, max: 2, cpuUtilization: 400 } },
      '"scaling.cpuUtilization" is 400; it must be a percentage',
    ],
    [
      { scaling: { min: 1, max: 2, requestCount: 100 } },
      '"scaling.requestCount" needs "loadBalancer"',
    ],
    [
      { scaling: { min: 1, max: 2, cpuUtilization: 50, steps: { above: 5, below: 1 } } },
      '"scaling.steps" and "scaling.cpuUtilization" would work against each other',
    ],
    [
      { scaling: { min: 1, max: 2, steps: { above: 1, below: 5 } } },
      '"scaling.steps" must have percentages with "below" less than "above".',
    ],
    [{ disk: 4 }, '"disk" is 4; it must be a whole number of GB from 8 to 16384.'],
    [{ processes: 0 }, '"processes" is 0; it must be a whole number from 1 to 256.'],
    [{ drain: "10 minutes" }, '"drain" is "10 minutes"; allowed are 0 to 300 seconds.'],
    [{ rollout: { healthyPercentage: [120, 200] } }, '"rollout.healthyPercentage" is [120, 200]'],
    [
      { rollout: { healthyPercentage: [0, 200] } },
      '"rollout.healthyPercentage" is [0, 200]; the first must be 0 to 100, the second 100 to 200, and at most 100 above the first.',
    ],
    [{ capacity: { base: 0, spot: 0 } }, '"capacity" needs a "spot" from 1 to 100'],
    [{ capacity: { base: 0.5, spot: 50 } }, 'a "base" of 0 or more, both whole numbers.'],
    [
      { egress: [{ port: 0, cidr: "0.0.0.0/0" }] },
      '"egress[0].port" is 0; it must be a whole number from 1 to 65535.',
    ],
    [
      { egress: [{ port: 443, cidr: "10.0.0.0" }] },
      '"egress[0].cidr" is "10.0.0.0"; it must be an IPv4 range such as "203.0.113.0/24".',
    ],
    [
      { connectsTo: [{ name: "Postgres", port: 70_000, securityGroup: "sg-1" }] },
      '"connectsTo[0].port" is 70000; it must be a whole number from 1 to 65535.',
    ],
    [
      { environment: { PORT: "80" } },
      '"environment" of "Worker" has PORT, which instances set themselves.',
    ],
    [{ vpc: undefined }, '"vpc" of "Worker" is missing; say where the instances run.'],
    [{ entry: undefined }, '"Worker" needs "entry", a program to build, "bundle"'],
    [{ bundle: "dist" }, '"Worker" needs "entry", a program to build, "bundle"'],
    [{ entry: undefined, bundle: "dist" }, '"command" is missing; say how'],
    [{ command: ["python3"] }, '"command" starts with "python3"'],
    [
      { vpc: { id: "vpc-1" } as never },
      '"vpc" of "Worker" has no "subnets"; it must be an sst.aws',
    ],
    [{ vpc: "vpc-1" as never }, '"vpc" of "Worker" has no "id"; it must be an sst.aws.Vpc, or'],
    [{ vpc: { id: "vpc-1", subnets: [] } }, '"vpc.subnets" of "Worker" is empty; instances need'],
    [{ instances: [] }, '"instances" is empty; it must name one EC2 instance type or more.'],
    [{ link: {} as never }, '"link" of "Worker" is an object of type Object; it must be a list.'],
    [
      { rollout: { timeout: "1 minute" } },
      '"rollout.timeout" is 60 seconds; it must be longer than the 90 that an instance may take',
    ],
    [
      { loadBalancer: { rules: [{}] } as never },
      '"loadBalancer.instance" of "Worker" is undefined; it must be an Alb, or an sst.aws.Alb.',
    ],
    [{ link: [{}] }, '"link[0]" of "Worker" is an object of type Object, which cannot be linked.'],
    [{ link: [undefined] }, '"link[0]" of "Worker" is undefined, which cannot be linked.'],
    [{ link: ["Users"] }, '"link[0]" of "Worker" is a string, which cannot be linked.'],
  ])("refuses %j", async (args, message) => {
    await expect(asg(args)).rejects.toThrow(message);
  });

  test("refuses a name that another service has, in whatever case", async () => {
    await expect(
      run(() => {
        new components.Service("Api", { vpc, entry });
        new components.Service("API", { vpc, entry });
      }),
    ).rejects.toThrow('"API" is the name of two services, the other "Api"; each needs one of its');
  });

  test("refuses a name that no service can have", async () => {
    await expect(run(() => new components.Service("my service", { vpc, entry }))).rejects.toThrow(
      '"my service" is no name for a service',
    );
  });
});

describe("links", () => {
  const environment = (resources: Resources) =>
    JSON.parse(secretOf(resources.one(PARAMETER).inputs.value)) as Record<string, string>;

  test("of every kind arrive with their properties and their rights", async () => {
    const resources = await run(() => {
      sst.Linkable.wrap(aws.sns.Topic, (topic) => ({
        properties: { arn: topic.arn },
        include: [sst.aws.permission({ actions: ["sns:Publish"], resources: [topic.arn] })],
      }));
      const link = [
        new sst.aws.Bucket("Files"),
        new sst.Secret("ApiKey", "key"),
        new sst.Linkable("Settings", {
          properties: { colour: "green", nested: { deep: $util.output(1) } },
        }),
        new aws.sns.Topic("News"),
        new sst.aws.Queue("Jobs"),
      ];
      new components.Service("Worker", { vpc, entry, link });
    });
    const all = environment(resources);
    const read = (name: string) => JSON.parse(all[`SST_RESOURCE_${name}`] as string);
    expect(Object.keys(all).sort()).toEqual(
      ["ApiKey", "App", "Files", "Jobs", "News", "Settings"].map((name) => `SST_RESOURCE_${name}`),
    );
    expect(read("Settings")).toMatchObject({ colour: "green", nested: { deep: 1 } });
    expect(read("ApiKey").value).toBe("key");
    expect(read("News")).toMatchObject({
      arn: expect.stringContaining("News"),
      type: expect.stringMatching(/aws:sns\/topic:Topic$/),
    });
    const actions = resources.statements().flatMap((each) => each.actions);
    expect(actions).toEqual(expect.arrayContaining(["sns:Publish", "s3:*", "sqs:*"]));
  });

  test("do not overwrite what the service is told by the app, and come with its environment", async () => {
    const resources = await asg({
      environment: { LOG_LEVEL: "debug", SECRET: $util.secret("hidden") },
    });
    expect(environment(resources)).toMatchObject({
      LOG_LEVEL: "debug",
      SECRET: "hidden",
      SST_RESOURCE_App: expect.any(String),
    });
  });
});

describe("Service in sst dev", () => {
  const dev = { command: "npm run dev" };

  test("is a command with a role, and nothing else", async () => {
    const resources = await asg({ dev }, true);
    expect(
      resources.all.filter((each) => each.type.startsWith("aws:")).map((each) => each.type),
    ).toEqual(["aws:iam/role:Role"]);
    expect(resources.one("sst:sst:DevCommand").name).toBe("WorkerDev");
  });

  test("says clearly what does not exist", async () => {
    await run(
      () => {
        const worker = new components.Service("Worker", { vpc, dev });
        const message = (name: string) =>
          `"nodes.${name}" of "Worker" does not exist in sst dev, where the service runs on this machine.`;
        expect(() => worker.nodes.autoScalingGroup).toThrow(message("autoScalingGroup"));
        expect(() => worker.nodes.launchTemplate).toThrow(message("launchTemplate"));
        expect(() => worker.securityGroup).toThrow(message("securityGroup"));
        expect(() => worker.shell).toThrow(message("autoScalingGroup"));
        expect(worker.nodes.role).toBeDefined();
      },
      { dev: true },
    );
  });

  test("deploys all the same with dev: false", async () => {
    expect((await asg({ dev: false }, true)).of(GROUP)).toHaveLength(1);
  });

  test("wants to know the command", async () => {
    await expect(asg({}, true)).rejects.toThrow(
      '"dev" of "Worker" is missing; say which command sst dev runs',
    );
  });
});

describe("Alb", () => {
  const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
  const TARGETS = "aws:lb/targetGroup:TargetGroup";

  test("is internet-facing in the public subnets, or internal in the private ones", async () => {
    expect((await behind()).one(LOAD_BALANCER).inputs).toMatchObject({
      internal: false,
      subnets: ["public-1", "public-2"],
      idleTimeout: 60,
    });
    expect((await behind({}, {}, { public: false })).one(LOAD_BALANCER).inputs).toMatchObject({
      internal: true,
      subnets: ["private-1", "private-2"],
    });
  });

  test("speaks HTTPS with a certificate of its user", async () => {
    const domain = { name: "api.example.com", dns: false } as const;
    const resources = await behind({}, {}, { domain, certificate: "arn:certificate" });
    expect(resources.one("aws:lb/listener:Listener", "Https").inputs.certificateArn).toBe(
      "arn:certificate",
    );
    expect(resources.of("aws:acm/certificate:Certificate")).toEqual([]);
    expect(resources.of("aws:route53/record:Record")).toEqual([]);
  });

  test("lets in whom it is told to", async () => {
    const resources = await behind({}, {}, { allow: ["203.0.113.0/24"] });
    const open = resources
      .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.cidrIpv4);
    expect(open.map(({ inputs }) => inputs.cidrIpv4)).toEqual(["203.0.113.0/24"]);
  });

  test("keeps access logs for their time, written by this account's balancers alone", async () => {
    const resources = await behind({}, {}, { accessLogs: "30 days" });
    expect(
      resources.one(
        "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
        "LogsLifecycle",
      ).inputs.rules[0].expiration,
    ).toEqual({ days: 30 });
    expect(
      JSON.parse(resources.one("aws:s3/bucketPolicy:BucketPolicy", "LogsPolicy").inputs.policy)
        .Statement,
    ).toContainEqual(
      expect.objectContaining({
        Action: ["s3:PutObject"],
        Principal: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
        Resource: [expect.stringMatching(/\/AWSLogs\/123456789012\/\*$/)],
      }),
    );
  });

  test("gives a dead target up within 12 seconds, and a draining one before a drain of 10 ends", async () => {
    const { healthCheck } = (await behind()).one(TARGETS).inputs;
    expect(healthCheck).toMatchObject({
      path: "/",
      interval: 5,
      unhealthyThreshold: 2,
      healthyThreshold: 2,
    });
    const { interval, timeout, unhealthyThreshold } = healthCheck;
    expect(interval * unhealthyThreshold + timeout).toBeLessThanOrEqual(12);
    expect(interval * unhealthyThreshold).toBeLessThanOrEqual(10);
  });

  test("sends requests by load, or in turn with a slow start", async () => {
    expect((await behind()).one(TARGETS).inputs.loadBalancingAlgorithmType).toBe(
      "least_outstanding_requests",
    );
    const inTurn = await behind(
      { drain: "1 minute" },
      { algorithm: "round-robin", slowStart: "30 seconds" },
    );
    expect(inTurn.one(TARGETS).inputs).toMatchObject({
      loadBalancingAlgorithmType: "round_robin",
      slowStart: 30,
      deregistrationDelay: 60,
    });
  });

  test.each<[Partial<ServiceArgs>, Partial<AlbArgs>, string]>([
    [
      { health: { timeout: "10 seconds" } },
      {},
      '"health.timeout" is 10 seconds; it must be less than "health.interval" (5 seconds).',
    ],
    [
      { health: { unhealthyThreshold: 11 } },
      {},
      '"health.unhealthyThreshold" is 11; it must be a whole number from 2 to 10.',
    ],
    [
      { health: { startPeriod: "20 minutes" } },
      {},
      '"health.startPeriod" is "20 minutes"; allowed are 10 to 900 seconds.',
    ],
    [{ port: 0 }, {}, '"port" is 0; it must be a whole number from 1 to 65535.'],
    [{ health: { path: "status" } }, {}, '"health.path" is "status"; it must begin with "/".'],
    [
      {},
      { allow: ["203.0.113.0/24", "203.0.113.1"] },
      '"allow[1]" is "203.0.113.1"; it must be an IPv4 range such as "203.0.113.0/24".',
    ],
    [{}, { allow: ["203.0.113.0/33"] }, '"allow[0]" is "203.0.113.0/33"; it must be an IPv4 range'],
    [{}, { idleTimeout: "2 hours" }, '"idleTimeout" is "2 hours"; allowed are 1 to 4000 seconds.'],
    [
      {},
      { domain: "https://api.example.com" },
      '"domain" is "https://api.example.com"; it must be',
    ],
    [{}, { domain: { name: "api" } }, '"domain" is "api"; it must be a name such as'],
    [{}, { vpc: { id: "vpc-1" } as AlbArgs["vpc"] }, '"vpc" must be an sst.aws.Vpc, or { id: "'],
    [{}, { certificate: "arn:x" }, '"domain" is missing; say which name "certificate" is for.'],
    [
      {},
      { domain: { name: "api.example.com", dns: false } },
      '"certificate" is missing; without "dns" nobody can validate one for the domain.',
    ],
    [{}, { edge: true, public: true }, '"public" must not be true with "edge".'],
    [{}, { edge: true, allow: ["203.0.113.0/24"] }, '"allow" must not be set with "edge"'],
    [
      {},
      { edge: { cache: ["static/*"] } },
      '"edge.cache" has "static/*"; it must be paths such as "/static/*".',
    ],
  ])("refuses %j %j", async (target, balancer, message) => {
    await expect(behind(target, {}, balancer)).rejects.toThrow(message);
  });

  test.each<[Partial<ServiceArgs["loadBalancer"]>, string]>([
    [{ slowStart: "30 seconds" }, '"slowStart" needs "algorithm" to be "round-robin".'],
    [
      { rules: [{ priority: 0 }] },
      '"loadBalancer.rules[0].priority" is 0; it must be a whole number from 1 to 50000.',
    ],
    [
      { rules: [{}, { conditions: { path: "reports" } }] },
      '"loadBalancer.rules[1].conditions.path" has "reports"; it must be a path such as "/reports/*".',
    ],
    [
      { rules: [{ conditions: { path: ["/1", "/2", "/3"], host: ["a", "b", "c"] } }] },
      '"loadBalancer.rules[0].conditions" have 6 values; a rule takes 5.',
    ],
    [
      { rules: [{ forward: "80/http" }] },
      '"port" and "loadBalancer.rules" name several ports: 8000, 80.',
    ],
    [{ rules: [{ listen: "443/https" }] }, '"Edge" takes requests on "80/http": it has no cert'],
  ])("refuses a place %j", async (place, message) => {
    await expect(behind({}, place)).rejects.toThrow(message);
  });
});

describe("a whole VPC", () => {
  const instances = async (args: sst.aws.VpcArgs) => {
    const resources = await run(() => {
      new components.Service("Worker", { vpc: new sst.aws.Vpc("Vpc", args), entry });
    });
    const { networkInterfaces } = resources.one(TEMPLATE).inputs;
    return {
      subnets: resources.one(GROUP).inputs.vpcZoneIdentifiers,
      address: networkInterfaces[0].associatePublicIpAddress,
    };
  };

  test("without NAT has instances in its public subnets, with an address each", async () => {
    expect(await instances({})).toEqual({
      subnets: ["VpcPublicSubnet1-id", "VpcPublicSubnet2-id"],
      address: "true",
    });
  });

  test("with NAT has them in its private ones, without", async () => {
    expect(await instances({ nat: "managed" })).toEqual({
      subnets: ["VpcPrivateSubnet1-id", "VpcPrivateSubnet2-id"],
      address: "false",
    });
  });
});

test("the health path and its patience travel to the boot as well, which gives up before the group does", async () => {
  const resources = await behind({ health: { path: "/up", startPeriod: "2 minutes" } });
  const { userData } = resources.one(TEMPLATE).inputs;
  const script = Buffer.from(userData, "base64").toString();
  expect(script).toContain("HEALTH_PATH='/up'");
  expect(script).toContain("READY_SECONDS='120'");
  const { healthCheckGracePeriod, defaultInstanceWarmup } = resources.one(GROUP).inputs;
  expect(healthCheckGracePeriod).toBeGreaterThan(120);
  expect(defaultInstanceWarmup).toBeGreaterThan(120);
  expect(resources.one("aws:lb/targetGroup:TargetGroup").inputs.healthCheck.path).toBe("/up");
});

test("parameters of the user's are read by the instance alone", async () => {
  const arn = "arn:aws:ssm:us-east-1:123456789012:parameter/database";
  const resources = await asg({ ssm: { DATABASE_URL: arn } });
  const value = JSON.parse(secretOf(resources.one(PARAMETER).inputs.value));
  expect(JSON.parse(value.SST_EC2_SSM)).toEqual({ DATABASE_URL: arn });
  const reads = resources
    .statements()
    .filter(({ actions }) => actions.includes("ssm:GetParameter"));
  expect(reads.flatMap((each) => each.resources)).toContain(arn);
});

test("$transform changes a component's arguments, and none of them stands in the state", async () => {
  const resources = await run(() => {
    $transform(components.Service, (args) => {
      args.disk = 33;
    });
    new components.Service("Worker", { vpc, entry, environment: { KEY: "hidden" } });
  });
  expect(resources.one(TEMPLATE).inputs.blockDeviceMappings[0].ebs.volumeSize).toBe(33);
  expect(resources.one("sst-ec2:aws:Service").inputs).toEqual({});
});

test("a rollout watches ten alarms at most, as AWS does", async () => {
  const watch = Array.from({ length: 9 }, (_, index) => index);
  await expect(
    behind({
      rollout: {
        watch: () =>
          watch.map(
            (index) =>
              new aws.cloudwatch.MetricAlarm(`Alarm${index}`, {
                comparisonOperator: "GreaterThanThreshold",
                evaluationPeriods: 1,
              }),
          ),
      },
    }),
  ).rejects.toThrow(
    '"rollout.watch" of "Worker" has 9 alarms; with the service\'s own two AWS watches 10',
  );
});

test("links and environment that AWS would not take are refused", async () => {
  const { parameterValue } = await import("../../src/service/launch-template.ts");
  expect(parameterValue("Worker", { A: "x".repeat(8184) })).toHaveLength(8192);
  expect(() => parameterValue("Worker", { A: "x".repeat(8185) })).toThrow(
    '"link" and "environment" of "Worker" have 8193 bytes; an SSM parameter holds 8192.',
  );
});

test("a variable that would not reach the program as it is, is refused without its value", async () => {
  const { checkVariables } = await import("../../src/service/launch-template.ts");
  const key = "-----BEGIN KEY-----\r\nabc";
  expect(() =>
    checkVariables("Worker", { KEY: key, LONG: "é%$\"'\n".repeat(700) }, false),
  ).not.toThrow();
  expect(() => checkVariables("Worker", { KEY: key }, true)).toThrow(
    /^"Worker": environment: KEY has a control character; allowed are printable text, tab and newline\.$/,
  );
  expect(() => checkVariables("Worker", { KEY: "a\0b" }, false)).toThrow("KEY has a control");
  expect(() => checkVariables("Worker", { "A-B": "" }, false)).toThrow('"A-B" is not a name');
});

test("a domain without a zone is refused before anything is created", async () => {
  const { hostedZone } = await import("../../src/alb/hosted-zone.ts");
  const resources = await run(async () => {
    await expect(hostedZone("api.nowhere.test")).rejects.toThrow(
      /^"domain" is "api.nowhere.test", but no public Route 53 zone for api.nowhere.test or nowhere.test can be used: .*no matching zone found. Create the zone, /,
    );
    expect(await hostedZone("api.example.com")).toBe("zone-example.com");
  });
  expect(resources.all.filter((each) => each.custom && each.type.startsWith("aws:"))).toEqual([]);
});

describe("logging", () => {
  const GROUPS = "aws:cloudwatch/logGroup:LogGroup";
  const configOf = async (resources: Resources) =>
    JSON.parse(/\/agent\.json" <<'EOF'\n(.+)\n/.exec(await userDataOf(resources))?.[1] ?? "null");

  test("goes to a group of the service's own for a month, and nowhere else", async () => {
    const resources = await asg();
    expect(resources.one(GROUPS).inputs).toMatchObject({
      name: "/steadfast/ada/worker",
      retentionInDays: 30,
    });
    const { logs, metrics } = await configOf(resources);
    const [file] = logs.logs_collected.files.collect_list;
    expect(file).toMatchObject({
      log_group_name: "/steadfast/ada/worker",
      file_path: "/var/log/worker/worker.log",
    });
    expect(metrics).toBeUndefined();
    const writes = resources
      .statements()
      .filter(({ actions }) => actions.some((each) => /^(logs|cloudwatch):/.test(each)));
    expect(writes).toEqual([
      expect.objectContaining({
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [expect.stringMatching(/\/steadfast\/ada\/worker:\*$/)],
      }),
    ]);
  });

  test.each([
    ["forever", 0],
    ["13 months", 400],
    ["90 days", 90],
    ["1 day", 1],
  ] as const)("keeps a line for %s", async (retention, days) => {
    const { inputs } = (await asg({ logging: { retention } })).one(GROUPS);
    expect(inputs.retentionInDays).toBe(days);
  });

  test("has the name that it is given", async () => {
    const resources = await asg({ logging: { name: "/shop/worker" } });
    expect(resources.one(GROUPS).inputs.name).toBe("/shop/worker");
  });

  test("can be left to the instances' journals: no group, no agent, no rights", async () => {
    const resources = await asg({ logging: false });
    expect(resources.of(GROUPS)).toEqual([]);
    const userData = await userDataOf(resources);
    expect(userData).not.toMatch(/cloudwatch-agent|journalctl --quiet --no-pager/);
    expect(
      resources
        .statements()
        .flatMap(({ actions }) => actions)
        .join(),
    ).not.toContain("logs:");
  });

  test("comes with the memory in use where it is wanted, also alone", async () => {
    const resources = await asg({ logging: false, memoryMetric: { namespace: "Shop" } });
    const { logs, metrics } = await configOf(resources);
    expect(logs).toBeUndefined();
    expect(metrics).toMatchObject({
      namespace: "Shop",
      metrics_collected: {
        mem: { append_dimensions: { AutoScalingGroupName: "steadfast-ada-Worker" } },
      },
    });
    expect(resources.statements()).toContainEqual(
      expect.objectContaining({
        actions: ["cloudwatch:PutMetricData"],
        condition: { StringEquals: { "cloudwatch:namespace": ["Shop"] } },
      }),
    );
    expect((await configOf(await asg({ memoryMetric: true }))).metrics.namespace).toBe("CWAgent");
  });

  test.each<[Partial<ServiceArgs>, string]>([
    [
      { logging: { retention: "2 days" } },
      '"logging.retention" is "2 days"; CloudWatch takes "1 day", "3 days"',
    ],
    [{ logging: { retention: "always" as never } }, '"logging.retention" is "always"; CloudWatch'],
    [{ logging: { retention: "12 hours" } }, '"logging.retention" is "12 hours"; CloudWatch takes'],
    [{ logging: { name: "my logs" } }, '"logging.name" is "my logs"; it must be up to 512 letters'],
    [{ memoryMetric: { namespace: "AWS/EC2" } }, '"memoryMetric.namespace" is "AWS/EC2"; it must'],
    [{ memoryMetric: { namespace: "" } }, '"memoryMetric.namespace" is ""; it must be up to 255'],
  ])("refuses %j", async (args, message) => {
    await expect(asg(args)).rejects.toThrow(message);
  });
});

/** The user data of the only launch template. */
const userDataOf = async (resources: Resources) => {
  const { userData } = resources.one(TEMPLATE, "").inputs;
  return Buffer.from(userData as string, "base64").toString();
};

describe("what runs", () => {
  test("of an image is its program, alone on its port, without Node.js", async () => {
    const resources = await asg({ entry: undefined, image: { context: "service" } });
    const userData = await userDataOf(resources);
    expect(userData).toContain("ExecStart=server\n");
    expect(userData).toContain("RootDirectory=/opt/worker/app-");
    expect(userData).toContain("\nPROCESSES='1'\n");
    expect(userData).toContain("\nRUNTIME_KEY=''\n");
  });

  test("of a bundle in another language is its command, which may take systemd's socket", async () => {
    const binary = { entry: undefined, bundle: "target/release", command: ["./server", "-v"] };
    const alone = await userDataOf(await asg(binary));
    expect(alone).toContain("ExecStart=/opt/worker/app/server -v\n");
    expect(alone).not.toContain("ListenStream");
    const shared = await userDataOf(await asg({ ...binary, socket: true }));
    expect(shared).toContain("ListenStream");
    expect(shared).toContain("\nPROCESSES=''\n");
  });

  test.each<[Partial<ServiceArgs>, RegExp]>([
    [{ image: "service" }, /needs "entry".*"bundle".*or "image".*one of them/],
    [{ entry: undefined }, /needs "entry"/],
    [
      { entry: undefined, image: "service", processes: 2 },
      /"processes" is 2; a program that listens by itself has one/,
    ],
    [
      { entry: undefined, bundle: "dist", command: ["./server"], processes: 4 },
      /"socket: true" if it takes systemd's socket/,
    ],
  ])("is refused when it cannot be: %j", async (args, message) => {
    await expect(asg(args)).rejects.toThrow(message);
  });
});
