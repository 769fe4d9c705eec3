/** Resources and a load as money, against sums done by hand. */
import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import { estimate, freeOff, groupBy, total } from "../../cost/estimate.ts";
import type { LoadOptions } from "../../cost/load.ts";
import { readPrices } from "../../cost/prices.ts";
import type { Recorded } from "../../graph/resource.ts";

const prices = readPrices();
const IDLE: LoadOptions = { rps: 0, tests: 0, pushes: 0, data: 0 };

const resource = (type: string, inputs: Recorded["inputs"], name = "Thing"): Recorded => ({
  type,
  name,
  id: `${name}-id`,
  inputs,
  custom: true,
  dependsOn: [],
  retainOnDelete: false,
  ignoreChanges: [],
});

/** A group and its template. */
function group(inputs: Recorded["inputs"], template: Recorded["inputs"] = {}): Recorded[] {
  return [
    resource(
      "aws:ec2/launchTemplate:LaunchTemplate",
      { instanceType: "t4g.micro", ...template },
      "Lt",
    ),
    resource("aws:autoscaling/group:Group", {
      name: "group",
      minSize: 2,
      maxSize: 6,
      launchTemplate: { id: "Lt-id" },
      targetGroupArns: ["arn"],
      ...inputs,
    }),
  ];
}

/** What some resources cost: `[what, month]` of each line that is not 0. */
function bill(graph: Recorded[], load: Partial<LoadOptions> = {}, hours?: number) {
  const { lines } = estimate({
    graph,
    prices,
    load: { ...IDLE, ...load },
    ...(hours !== undefined && { hours }),
  });
  return lines
    .filter(({ month }) => !month.isZero())
    .map(({ what, month }) => [what, month.toFixed()]);
}

describe("a balancer", () => {
  const alb = resource("aws:lb/loadBalancer:LoadBalancer", { subnets: ["a", "b"] });

  test("costs its hours and an address a zone while it is idle", () => {
    expect(bill([alb])).toEqual([
      ["hours", "16.425"],
      ["2 × public address", "7.3"],
    ]);
  });

  test("has no public address inside a VPC, and sends nothing to the internet", () => {
    const internal = resource(alb.type, { ...alb.inputs, internal: true });
    expect(bill([internal], { rps: 10 }).map(([what]) => what)).toEqual([
      "hours",
      "capacity units",
    ]);
  });

  test("costs a capacity unit for 25 new connections a second, kept a minute by 1 in 2 units", () => {
    // 75 requests/s are 25 visits/s with a connection each: 1 unit by new, 0.5 by active
    // connections.
    const units = estimate({ graph: [alb], prices, load: { ...IDLE, rps: 75 } }).lines.find(
      ({ what }) => what === "capacity units",
    );
    expect(units?.quantity.toNumber()).toBeCloseTo(730, 6);
    expect(units?.month.toNumber()).toBeCloseTo(5.84, 6);
  });
});

describe("a group", () => {
  test("costs its least instances with their disks, and addresses and metrics where they have them", () => {
    expect(
      bill(
        group(
          {},
          {
            networkInterfaces: [{ associatePublicIpAddress: "true" }],
            monitoring: { enabled: true },
            blockDeviceMappings: [{ ebs: { volumeSize: 20 } }],
          },
        ),
      ).map(([what, usd]) => [what, new Decimal(usd as string).toFixed(3)]),
    ).toEqual([
      ["2 × t4g.micro", "12.264"],
      ["2 × disk of 20 GB", "3.200"],
      ["2 × public address", "7.300"],
      ["2 × detailed monitoring", "4.200"],
    ]);
  });

  test("pays for the metric of its agents once, and for the calls of each", () => {
    const agent = { metrics: { metrics_collected: { mem: {} } } };
    const userData = Buffer.from(JSON.stringify(agent)).toString("base64");
    expect(bill(group({}, { userData })).slice(-2)).toEqual([
      ["metric of the agent", "0.3"],
      ["the agent's calls", "0.876"],
    ]);
  });

  test("splits instances into those on demand and Spot as AWS does", () => {
    const mixed = (base: number, percent: number) =>
      bill(
        group({
          minSize: 4,
          launchTemplate: undefined,
          mixedInstancesPolicy: {
            launchTemplate: {
              launchTemplateSpecification: { launchTemplateId: "Lt-id" },
              overrides: [{ instanceType: "t4g.small" }, { instanceType: "t4g.medium" }],
            },
            instancesDistribution: {
              onDemandBaseCapacity: base,
              onDemandPercentageAboveBaseCapacity: percent,
            },
          },
        }),
      )
        .map(([what]) => what)
        .filter((what) => what?.includes("small"));
    expect(mixed(1, 0)).toEqual(["1 × t4g.small", "3 × t4g.small, Spot"]);
    expect(mixed(0, 0)).toEqual(["4 × t4g.small, Spot"]);
    // AWS rounds in favour of on-demand instances.
    expect(mixed(1, 50)).toEqual(["3 × t4g.small", "1 × t4g.small, Spot"]);
    expect(mixed(0, 100)).toEqual(["4 × t4g.small"]);
  });

  test("grows with the load, within its limits, and pays for CPU above the baseline", () => {
    const at = (rps: number) => bill(group({}), { rps }).map(([what]) => what);
    expect(at(1)).toEqual(["2 × t4g.micro", "2 × disk of 8 GB"]);
    // How many more follows from the CPU time that the bench has measured last.
    expect(at(2000)).toEqual([
      "2 × t4g.micro",
      "2 × disk of 8 GB",
      expect.stringMatching(/^[12] × t4g\.micro$/),
      expect.stringMatching(/^[12] × disk of 8 GB$/),
      "CPU above the baseline",
    ]);
    expect(at(20_000)).toContainEqual(
      expect.stringMatching(/^4 × t4g\.micro \(the load asks for [1-9]\d\)$/),
    );
  });

  test("without a balancer has none of the load", () => {
    expect(bill(group({ targetGroupArns: [] }), { rps: 20_000 })).toHaveLength(2);
  });

  test("costs by the hour", () => {
    expect(bill(group({}), {}, 73)).toEqual([
      ["2 × t4g.micro", "1.2264"],
      ["2 × disk of 8 GB", "0.128"],
    ]);
  });
});

describe("what is there", () => {
  test.each<[string, Recorded["inputs"], string[][]]>([
    [
      "aws:ec2/natGateway:NatGateway",
      {},
      [
        ["hours", "32.85"],
        ["traffic", "0.0225"],
      ],
    ],
    ["aws:ec2/eip:Eip", {}, [["public address", "3.65"]]],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Gateway" }, []],
    [
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      { vpcEndpointType: "Interface", subnetIds: ["a", "b"] },
      [
        ["hours in 2 zones", "14.6"],
        ["traffic", "0.005"],
      ],
    ],
    [
      "aws:ec2/instance:Instance",
      { instanceType: "t4g.nano", rootBlockDevice: { volumeSize: 8 } },
      [
        ["t4g.nano", "3.066"],
        ["disk of 8 GB", "0.64"],
      ],
    ],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { period: 60 }, [["alarm", "0.1"]]],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { period: 10 }, [["alarm", "0.3"]]],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { metricQueries: [{ expression: "a / b" }, { metric: { period: 60 } }, { metric: {} }] },
      [["alarm on 2 metrics", "0.2"]],
    ],
    ["aws:cloudwatch/compositeAlarm:CompositeAlarm", {}, [["composite alarm", "0.5"]]],
    ["aws:cloudwatch/dashboard:Dashboard", {}, [["dashboard", "3"]]],
    [
      "aws:autoscaling/policy:Policy",
      { policyType: "TargetTrackingScaling" },
      [["2 alarms of the policy", "0.2"]],
    ],
    ["aws:autoscaling/policy:Policy", { policyType: "SimpleScaling" }, []],
    ["aws:ssm/parameter:Parameter", { value: "x".repeat(4096) }, []],
    ["aws:ssm/parameter:Parameter", { value: "x".repeat(4097) }, [["advanced parameter", "0.05"]]],
    // #region quotes
    [
      "aws:rds/instance:Instance",
      {
        instanceClass: "db.t4g.micro",
        storageType: "gp3",
        allocatedStorage: 20,
        manageMasterUserPassword: true,
      },
      [
        ["db.t4g.micro", "11.68"],
        ["disk of 20 GB", "2.3"],
        ["secret", "0.4"],
      ],
    ],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.t4g.micro", storageType: "gp3", allocatedStorage: 20, multiAz: true },
      [
        ["db.t4g.micro, with a standby", "23.36"],
        ["disk of 20 GB, with a standby", "4.6"],
      ],
    ],
    // #endregion quotes
  ])("%s with %j", (type, inputs, expected) => {
    expect(bill([resource(type, inputs)])).toEqual(expected);
  });
});

describe("use", () => {
  const table = (name: string) =>
    resource(
      "aws:dynamodb/table:Table",
      { pointInTimeRecovery: { enabled: true } },
      `${name}Table`,
    );
  const million = 1e6 / (730 * 3600);

  test("of tables is that of their requests: a million registrations are four million writes", () => {
    const { lines } = estimate({
      graph: ["Users", "Logins", "Posts"].map(table),
      prices,
      load: { ...IDLE, rps: million, mix: [[1, ["POST /users/"]]] },
    });
    expect(total(lines).toNumber()).toBeCloseTo(2.5, 9);
    expect(
      groupBy(lines, ({ resource: name }) => name).map(({ key, month }) => [key, month.toNumber()]),
    ).toEqual([
      ["UsersTable", expect.closeTo(1.25, 9)],
      ["LoginsTable", expect.closeTo(1.25, 9)],
      ["PostsTable", 0],
    ]);
  });

  test("of a flow log is clients, strangers and, most of all, the balancer's health checks", () => {
    const graph = [
      resource("aws:cloudwatch/logGroup:LogGroup", {
        name: "/steadfast/prod/flow-logs",
        retentionInDays: 30,
      }),
      resource("aws:lb/loadBalancer:LoadBalancer", { subnets: ["a", "b"], internal: true }),
      resource("aws:lb/targetGroup:TargetGroup", { healthCheck: { interval: 5 } }),
      ...group({}),
    ];
    const received = (load: Partial<LoadOptions>) =>
      estimate({ graph, prices, load: { ...IDLE, ...load } }).lines.find(
        ({ what }) => what === "log, received",
      );
    // 2 nodes ask 2 instances every 5 s, 4 records each; a knock every 10 s at 4 addresses, 1 record.
    const records = (4 * (2 * 2)) / 5 + 4 / 10;
    expect(received({})?.quantity.toNumber()).toBeCloseTo((records * 730 * 3600 * 120) / 1e9, 9);
    expect(received({})?.price).toBe("cloudwatch.logs.vended");
    // A visit of three requests is a connection, 2 records.
    const visits = received({ rps: 3 })?.quantity.minus(received({})?.quantity ?? 0);
    expect(visits?.toNumber()).toBeCloseTo((2 * 730 * 3600 * 120) / 1e9, 9);
  });

  test("of a pipeline is paid by the minute of its actions, without the wait for approval", () => {
    const action = (category: string, name: string) => ({ actions: [{ category, name }] });
    const graph = [
      resource("aws:codepipeline/pipeline:Pipeline", {
        stages: [
          action("Source", "Source"),
          action("Test", "Checks"),
          action("Approval", "Approval"),
          action("Build", "Deploy"),
        ],
      }),
      resource(
        "aws:codebuild/project:Project",
        { environment: { type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_SMALL" } },
        "PipelineDeploy",
      ),
    ];
    expect(bill(graph, { pushes: 10 })).toEqual([
      ["action-minutes", "0.32"],
      ["minutes of arm small", "0.272"],
    ]);
  });
});

describe("an estimate", () => {
  const mystery = resource("aws:mystery/box:Box", {}, "Box");

  test("lists what has no price, and does not skip it", () => {
    const unsold = group({}, { instanceType: "u7i.12xlarge" });
    expect(estimate({ graph: [mystery, ...unsold], prices, load: IDLE }).unpriced).toEqual([
      { type: mystery.type, names: ["Box"], why: "the type is not in the price file" },
      {
        type: "aws:autoscaling/group:Group",
        names: ["Thing"],
        why: 'no price "ec2.u7i.12xlarge"',
      },
    ]);
  });

  test("counts free types with their reason, and components not at all", () => {
    const vpc = resource("aws:ec2/vpc:Vpc", {});
    const component = { ...mystery, custom: false };
    expect(estimate({ graph: [vpc, vpc, component], prices })).toMatchObject({
      lines: [],
      unpriced: [],
      free: [{ type: "aws:ec2/vpc:Vpc", count: 2, why: expect.any(String) }],
    });
  });

  test("has no rounding: three times ten cents are thirty", () => {
    const alarm = resource("aws:cloudwatch/metricAlarm:MetricAlarm", { period: 60 });
    const { lines } = estimate({ graph: [alarm, alarm, alarm], prices });
    expect(total(lines).toFixed()).toBe("0.3");
  });

  test("tells the always-free tier apart, and takes it off no sum", () => {
    const alarm = resource("aws:cloudwatch/metricAlarm:MetricAlarm", { period: 60 });
    const twelve = estimate({ graph: Array.from({ length: 12 }, () => alarm), prices });
    expect(total(twelve.lines).toFixed()).toBe("1.2");
    expect(freeOff(twelve).toFixed()).toBe("1");
    expect(twelve.alwaysFree).toMatchObject([{ name: "10 alarm metrics" }]);
  });
});
