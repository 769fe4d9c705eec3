/** Physical names: within AWS's limits, and of the app. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fixedName, uniqueName } from "../../infra/components/naming.ts";
import { type Stage, stages } from "../../infra/stages.ts";
import { runProgram } from "../../scripts/graph/program.ts";
import type { Recorded } from "../../scripts/graph/resource.ts";

/** Most characters of a name, and what it is called, where a stage could make it too long. */
const LIMITS: Record<string, { input?: string; max: number }> = {
  "aws:autoscaling/group:Group": { max: 255 },
  "aws:autoscaling/lifecycleHook:LifecycleHook": { max: 255 },
  "aws:autoscaling/policy:Policy": { max: 255 },
  "aws:budgets/budget:Budget": { max: 100 },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { input: "alarmName", max: 255 },
  "aws:cloudwatch/dashboard:Dashboard": { input: "dashboardName", max: 255 },
  "aws:cloudwatch/eventRule:EventRule": { max: 64 },
  "aws:cloudwatch/logGroup:LogGroup": { max: 512 },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { max: 512 },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { max: 255 },
  "aws:codebuild/project:Project": { max: 255 },
  "aws:codeconnections/connection:Connection": { max: 32 },
  "aws:codepipeline/pipeline:Pipeline": { max: 100 },
  "aws:cloudwatch/queryDefinition:QueryDefinition": { max: 255 },
  "aws:dynamodb/table:Table": { max: 255 },
  "aws:ec2/launchTemplate:LaunchTemplate": { max: 128 },
  "aws:ec2/securityGroup:SecurityGroup": { max: 255 },
  "aws:iam/instanceProfile:InstanceProfile": { max: 128 },
  "aws:iam/role:Role": { max: 64 },
  "aws:iam/rolePolicy:RolePolicy": { max: 128 },
  "aws:lb/loadBalancer:LoadBalancer": { max: 32 },
  "aws:lb/targetGroup:TargetGroup": { max: 32 },
  "aws:rds/instance:Instance": { input: "identifier", max: 63 },
  "aws:rds/parameterGroup:ParameterGroup": { max: 255 },
  "aws:rds/subnetGroup:SubnetGroup": { max: 255 },
  "aws:s3/bucketV2:BucketV2": { input: "bucket", max: 63 },
  "aws:sns/topic:Topic": { max: 256 },
  "aws:ssm/association:Association": { input: "associationName", max: 128 },
  "aws:ssm/parameter:Parameter": { max: 1011 },
};

/** Types with a policy of the deployer that knows them by their names. */
const OF_THE_APP = [
  "aws:autoscaling/group:Group",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:codebuild/project:Project",
  "aws:codepipeline/pipeline:Pipeline",
  "aws:dynamodb/table:Table",
  "aws:iam/role:Role",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:rds/instance:Instance",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:s3/bucketV2:BucketV2",
  "aws:sns/topic:Topic",
];

/** The physical name: what the program asks for, or what Pulumi makes of the logical one. */
function physicalName({ type, name, inputs }: Recorded): string {
  return inputs[LIMITS[type]?.input ?? "name"] || `${name}-1a2b3c4`;
}

const LONG_STAGE = "a-pull-request-with-a-very-long-branch-name-of-60-characters";
const everything: Partial<Stage> = {
  ...stages.prod,
  domain: "api.example.com",
  pipeline: { repository: "a/b", branch: "main", source: { connection: "new" } },
  alarmEmails: ["ops@example.com"],
  monthlyBudget: 100,
  quotes: true,
};

beforeAll(() => {
  vi.stubEnv("SST_SECRET_CmcApiKey", "key");
  stages.short = everything;
  stages[LONG_STAGE] = everything;
});
afterAll(() => {
  vi.unstubAllEnvs();
  delete stages.short;
  delete stages[LONG_STAGE];
});

describe.each([
  { app: "steadfast", stage: "short" },
  { app: "an-application-with-a-name-of-40-letters", stage: LONG_STAGE },
])("names of $app, $stage", (options) => {
  let named: Recorded[];
  beforeAll(async () => {
    const { resources } = await runProgram(options);
    named = resources.filter((each) => each.type in LIMITS);
    expect(new Set(named.map((each) => each.type))).toEqual(new Set(Object.keys(LIMITS)));
  });

  test("are within the limits", () => {
    const tooLong = named.filter(
      (each) => physicalName(each).length > (LIMITS[each.type]?.max ?? 0),
    );
    expect(tooLong.map(physicalName)).toEqual([]);
  });

  test("are made of what AWS allows", () => {
    for (const each of named) {
      if (each.type.startsWith("aws:lb/"))
        expect(physicalName(each)).toMatch(/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$/);
      if (each.type.startsWith("aws:s3/"))
        expect(physicalName(each)).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
      if (each.type.startsWith("aws:rds/"))
        expect(physicalName(each)).toMatch(/^[a-z](-?[a-z0-9])*$/);
      if (each.type.startsWith("aws:iam/")) expect(physicalName(each)).toMatch(/^[\w+=,.@-]+$/);
    }
  });

  test("are unique", () => {
    const names = named.map((each) => `${each.type} ${each.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

test("names begin with the app's, by which the deployer's policy knows them", async () => {
  const { resources } = await runProgram({ stage: "short" });
  const names = resources.filter((each) => OF_THE_APP.includes(each.type)).map(physicalName);
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name) => !name.startsWith("steadfast-"))).toEqual([]);
});

describe("a name that must be cut", () => {
  test("loses characters of app and stage, not its own", async () => {
    await runProgram({ stage: "production-of-the-north", program: async () => ({}) });
    expect(uniqueName("ApiTargets", 32)).toBe("steadfast-pro-ApiTargets");
    expect(fixedName("Api", 255)).toBe("steadfast-production-of-the-north-Api");
  });

  test("is refused when it is too long by itself", async () => {
    await runProgram({ stage: "ada", program: async () => ({}) });
    expect(() => uniqueName("A".repeat(25), 32)).toThrow(/too long: AWS leaves 24 characters/);
  });
});
