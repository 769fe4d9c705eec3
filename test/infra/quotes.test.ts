/** The quotes: their database and collector, only where enabled. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import { Resources, secretOf } from "./support/resources.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const GROUP = "aws:autoscaling/group:Group";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const INSTANCE = "aws:rds/instance:Instance";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const PARAMETER = "aws:ssm/parameter:Parameter";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const KEY = "SST_SECRET_CmcApiKey";

async function deploy(stage: string, dev = false): Promise<Resources> {
  return new Resources((await runProgram({ stage, dev })).resources);
}

let prod: Resources;
let personal: Resources;
let without: Resources;

beforeAll(async () => {
  stages.quoted = { ...stages.prod, quotes: true, alarmEmails: ["ops@example.com"] };
  stages.small = { quotes: true };
  process.env[KEY] = "key-of-coinmarketcap";
  prod = await deploy("quoted");
  personal = await deploy("small");
  delete process.env[KEY];
  without = await deploy("ada");
});
afterAll(() => {
  delete stages.quoted;
  delete stages.small;
});

/** What an instance of a service does at boot. */
function userData(resources: Resources, nameEnd: string): string {
  return Buffer.from(resources.one(TEMPLATE, nameEnd).inputs.userData, "base64").toString();
}

describe("quotes that nobody asked for", () => {
  test("are not there, and cost nothing", () => {
    expect(
      without.all.filter((each) => /rds|Postgres|Collector|Cmc/i.test(`${each.type} ${each.name}`)),
    ).toEqual([]);
    expect(without.of(GROUP)).toHaveLength(1);
  });

  test("are off in prod", () => expect(stages.prod?.quotes).toBe(false));
});

describe("the key of CoinMarketCap", () => {
  test("stops the deploy before anything is created when it is not set", async () => {
    await expect(deploy("small")).rejects.toThrow(
      "The quotes need a key of CoinMarketCap: npx sst secret set CmcApiKey <key> --stage small.",
    );
  });

  test("reaches the collector alone, as a secret", () => {
    const links = (nameEnd: string) => secretOf(prod.one(PARAMETER, nameEnd).inputs.value);
    expect(links("CollectorLinks")).toContain("key-of-coinmarketcap");
    expect(links("ApiLinks")).not.toContain("key-of-coinmarketcap");
    expect(userData(prod, "Collector")).not.toContain("key-of-coinmarketcap");
  });
});

describe("the collector", () => {
  test("is a group of one, which starts the next before it ends the last", () => {
    expect(prod.one(GROUP, "CollectorGroup").inputs).toMatchObject({
      minSize: 1,
      maxSize: 1,
      healthCheckType: "EC2",
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
      vpcZoneIdentifiers: ["VpcPublicSubnet1-id", "VpcPublicSubnet2-id"],
    });
    expect(prod.one(TEMPLATE, "Collector").inputs.instanceType).toBe("t4g.micro");
  });

  test("is one process that listens to its own machine alone", () => {
    const script = userData(prod, "Collector");
    expect(script).toContain("\nPROCESSES='1'\n");
    expect(script).toContain("ListenStream=127.0.0.1:3000");
    expect(userData(prod, "Api")).toContain("ListenStream=0.0.0.0:3000");
  });

  test("shares the runtime's archive with the API, and may read its own application alone", () => {
    expect(
      prod
        .of(OBJECT)
        .map(({ inputs }) => inputs.key)
        .sort(),
    ).toEqual([
      `app/api/app-api-${"1".repeat(16)}.tar.gz`,
      `app/collector/app-collector-${"1".repeat(16)}.tar.gz`,
      `runtime/runtime-${"0".repeat(16)}.tar.gz`,
    ]);
    const read = prod
      .statements()
      .filter((each) => each.of === "CollectorPolicy" && each.actions.includes("s3:GetObject"));
    expect(read.flatMap((each) => each.resources)).toEqual([
      expect.stringMatching(/^arn:aws:s3:::[^/]+\/app\/collector\/\*$/),
      expect.stringMatching(/^arn:aws:s3:::[^/]+\/runtime\/\*$/),
    ]);
  });

  test("is heard of when quotes come late or are refused, or when it says nothing", () => {
    const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
    expect(prod.one(FILTER, "QuotesRefused").inputs).toMatchObject({
      logGroupName: "/steadfast/quoted/collector",
      metricTransformation: { name: "QuotesRefused", value: "$.refused" },
    });
    expect(prod.one(ALARM, "QuotesRefused").inputs).toMatchObject({
      metricName: "QuotesRefused",
      statistic: "Sum",
      threshold: 0,
      treatMissingData: "notBreaching",
    });
    expect(prod.one(FILTER, "QuoteAge").inputs).toMatchObject({
      logGroupName: "/steadfast/quoted/collector",
      pattern: '{ $.event = "cycle" }',
      metricTransformation: { name: "QuoteAge", value: "$.lag_seconds" },
    });
    expect(prod.one(ALARM, "QuotesLate").inputs).toMatchObject({
      metricName: "QuoteAge",
      namespace: "steadfast/quoted",
      statistic: "Minimum",
      threshold: 300,
      treatMissingData: "breaching",
    });
    expect(personal.of(FILTER)).toEqual([]);
  });

  test("has a public address where there is no NAT", () => {
    const [network] = personal.one(TEMPLATE, "Collector").inputs.networkInterfaces;
    expect(network.associatePublicIpAddress).toBe("true");
  });
});

describe("the ways to the database", () => {
  const rules = (resources: Resources, type: string) =>
    resources
      .of(type)
      .map(({ inputs }) => inputs)
      .filter(({ fromPort }) => fromPort === 5432);
  const group = (name: string) => expect.stringContaining(`${name}SecurityGroup`);

  test("begin at the collector and the API, and nowhere else", () => {
    expect(rules(prod, INGRESS)).toHaveLength(2);
    for (const name of ["Api", "Collector"]) {
      const way = { fromPort: 5432, toPort: 5432, ipProtocol: "tcp" };
      expect(rules(prod, INGRESS)).toContainEqual(
        expect.objectContaining({
          ...way,
          securityGroupId: group("Postgres"),
          referencedSecurityGroupId: group(name),
        }),
      );
      expect(rules(prod, EGRESS)).toContainEqual(
        expect.objectContaining({
          ...way,
          securityGroupId: group(name),
          referencedSecurityGroupId: group("Postgres"),
        }),
      );
    }
  });

  test("are the collector's only way out but HTTPS, and the database has none", () => {
    const out = prod.of(EGRESS).map(({ inputs }) => inputs);
    const of = (name: string) =>
      out.filter((each) => each.securityGroupId.includes(`${name}SecurityGroup`));
    expect(
      of("Collector")
        .map((each) => each.fromPort)
        .sort(),
    ).toEqual([443, 5432]);
    expect(of("Postgres")).toEqual([]);
  });

  test("are not there without quotes", () => {
    expect([...rules(without, INGRESS), ...rules(without, EGRESS)]).toEqual([]);
  });

  const statements = (action: string) =>
    prod.statements().filter((each) => each.actions.some((one) => one.startsWith(action)));

  test("need the master's password, which the collector may read and nobody else", () => {
    const secret = expect.stringMatching(/:secret:rds!db-/);
    expect(statements("secretsmanager:")).toMatchObject([
      {
        of: "CollectorPolicy",
        actions: ["secretsmanager:GetSecretValue"],
        resources: [secret],
      },
    ]);
  });

  test("or a token of IAM, by which the API is a role of this one database and no other", () => {
    expect(statements("rds-db:")).toMatchObject([
      {
        of: "ApiPolicy",
        actions: ["rds-db:connect"],
        resources: ["arn:aws:rds-db:us-east-1:123456789012:dbuser:db-MOCKMOCKMOCK/quotes_reader"],
      },
    ]);
  });

  test("are linked by where it is and what opens it, without a password", () => {
    const links = (name: string) => JSON.parse(secretOf(prod.one(PARAMETER, name).inputs.value));
    const link = {
      type: expect.stringMatching(/Linkable$/),
      host: expect.stringMatching(/\.rds\.amazonaws\.com$/),
      port: 5432,
      database: "quotes",
    };
    expect(JSON.parse(links("CollectorLinks").SST_RESOURCE_Postgres)).toEqual({
      ...link,
      secretArn: expect.stringMatching(/:secret:rds!db-/),
      reader: "quotes_reader",
    });
    expect(JSON.parse(links("ApiLinks").SST_RESOURCE_PostgresReader)).toEqual({
      ...link,
      username: "quotes_reader",
      iam: true,
    });
    expect(links("ApiLinks")).not.toHaveProperty("SST_RESOURCE_Postgres");
  });
});

/** Controls of AWS Security Hub for RDS, as `docs/security.md` has them. */
const controls: Record<string, () => void> = {
  "RDS.2": () => {
    for (const { inputs } of [...prod.of(INSTANCE), ...personal.of(INSTANCE)])
      expect(inputs.publiclyAccessible).toBe(false);
    expect(prod.one("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds).toEqual([
      "VpcPrivateSubnet1-id",
      "VpcPrivateSubnet2-id",
    ]);
  },
  "RDS.3": () => expect(personal.one(INSTANCE).inputs.storageEncrypted).toBe(true),
  "RDS.5": () => {
    expect(prod.one(INSTANCE).inputs.multiAz).toBe(true);
    expect(personal.one(INSTANCE).inputs.multiAz).toBe(false);
  },
  "RDS.6": () => expect(prod.one(INSTANCE).inputs.monitoringInterval).toBeUndefined(),
  "RDS.8": () => {
    expect(prod.one(INSTANCE).inputs).toMatchObject({
      deletionProtection: true,
      deleteAutomatedBackups: false,
      finalSnapshotIdentifier: expect.stringMatching(
        /^steadfast-quoted-postgres-[0-9a-f]{8}-final$/,
      ),
    });
    expect(prod.one(INSTANCE).inputs.skipFinalSnapshot).toBeUndefined();
    expect(personal.one(INSTANCE).inputs).toMatchObject({
      deletionProtection: false,
      skipFinalSnapshot: true,
    });
  },
  "RDS.9": () => {
    expect(prod.one(INSTANCE).inputs.enabledCloudwatchLogsExports).toEqual([
      "postgresql",
      "upgrade",
    ]);
    const groups = prod
      .of("aws:cloudwatch/logGroup:LogGroup")
      .filter(({ inputs }) =>
        inputs.name.startsWith("/aws/rds/instance/steadfast-quoted-postgres-0a1b2c3d/"),
      );
    expect(groups.map(({ inputs }) => inputs.retentionInDays)).toEqual([90, 90]);
  },
  "RDS.10": () => expect(prod.one(INSTANCE).inputs.iamDatabaseAuthenticationEnabled).toBe(true),
  "RDS.11": () => {
    expect(prod.one(INSTANCE).inputs.backupRetentionPeriod).toBe(14);
    expect(personal.one(INSTANCE).inputs.backupRetentionPeriod).toBe(7);
  },
  "RDS.13": () => expect(prod.one(INSTANCE).inputs.autoMinorVersionUpgrade).toBe(true),
  "RDS.17": () => expect(prod.one(INSTANCE).inputs.copyTagsToSnapshot).toBe(true),
  "RDS.18": () =>
    expect(prod.one(INSTANCE).inputs.dbSubnetGroupName).toContain("steadfast-quoted-postgres"),
  "RDS.23": () => expect(prod.one(INSTANCE).inputs.port).toBe(5432),
  "RDS.25": () => expect(prod.one(INSTANCE).inputs.username).toBe("steadfast"),
  "RDS.38": () => {
    const { inputs } = prod.one("aws:rds/parameterGroup:ParameterGroup");
    expect(inputs.parameters).toContainEqual({
      name: "rds.force_ssl",
      value: "1",
      applyMethod: "pending-reboot",
    });
    expect(prod.one(INSTANCE).inputs.parameterGroupName).toContain("steadfast-quoted-postgres");
  },
  "SecretsManager.1": () => {
    expect(prod.one(INSTANCE).inputs.manageMasterUserPassword).toBe(true);
    expect(prod.one(INSTANCE).inputs.password).toBeUndefined();
  },
};

describe("control", () => {
  test.each(Object.entries(controls))("%s is as docs/security.md says", (_id, check) => check());
});

test("docs/security.md has a line for each control of the database, and for no other", () => {
  const lines = readFileSync("docs/security.md", "utf8").matchAll(
    /^\| ((?:RDS|SecretsManager)\.\d+) \| [^|]+ \| (met|production|not met) \| [^|]{8,} \|$/gm,
  );
  expect([...lines].map(([, id]) => id).sort()).toEqual(Object.keys(controls).sort());
});

describe("the database", () => {
  test("is the newest Postgres on the smallest instance, with a family of parameters to match", () => {
    expect(personal.one(INSTANCE).inputs).toMatchObject({
      engine: "postgres",
      engineVersion: "18",
      instanceClass: "db.t4g.micro",
      storageType: "gp3",
      allocatedStorage: 20,
      performanceInsightsRetentionPeriod: 7,
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    });
    expect(personal.one("aws:rds/parameterGroup:ParameterGroup").inputs.family).toBe("postgres18");
  });

  test("keeps its name, so that nothing replaces it by accident", () => {
    expect(personal.one(INSTANCE).inputs.identifier).toBe("steadfast-small-postgres-0a1b2c3d");
  });

  test("tells of a busy processor, a full disk and too many connections", () => {
    const alarms = prod.of(ALARM).filter(({ inputs }) => inputs.namespace === "AWS/RDS");
    expect(
      alarms.map(({ inputs }) => [inputs.metricName, inputs.comparisonOperator, inputs.threshold]),
    ).toEqual([
      ["CPUUtilization", "GreaterThanOrEqualToThreshold", 80],
      ["FreeStorageSpace", "LessThanThreshold", 4 * 1024 ** 3],
      ["DatabaseConnections", "GreaterThanOrEqualToThreshold", 60],
    ]);
    for (const { inputs } of alarms) {
      expect(inputs.dimensions).toEqual({
        DBInstanceIdentifier: "steadfast-quoted-postgres-0a1b2c3d",
      });
      expect(inputs.alarmActions).toEqual([expect.stringContaining("Alarms")]);
    }
  });
});

describe("in sst dev", () => {
  test("the collector runs here, with a database of this machine and nothing of AWS", async () => {
    const resources = await deploy("ada", true);
    expect(resources.of("sst:sst:DevCommand").map((each) => each.name)).toContain("CollectorDev");
    expect(resources.all.filter((each) => /rds|Group/.test(each.type))).toEqual([]);
  });
});

test("the dashboard has a row for them, about the metric and the database that were made", () => {
  const text = prod.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody;
  const { metricTransformation } = prod.one(
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "QuoteAge",
  ).inputs;
  expect(text).toContain("Do quotes arrive?");
  expect(text).toContain(`["${metricTransformation.namespace}","${metricTransformation.name}",`);
  expect(text).toContain(`"DBInstanceIdentifier","${prod.one(INSTANCE).inputs.identifier}"`);
});
