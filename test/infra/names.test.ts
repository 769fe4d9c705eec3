/** Physical names: within AWS's limits, and the app's. */
import { NAME_LIMITS } from "sst-ec2/helpers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stage, stages } from "../../infra/stages.ts";
import { runProgram } from "../../tools/stage/graph/program.ts";
import type { Recorded } from "../../tools/stage/graph/resource.ts";

/** Limits of names that nothing makes fit: those that have room for any stage, and SST's own. */
const OTHER_LIMITS = {
  "aws:autoscaling/lifecycleHook:LifecycleHook": 255,
  "aws:autoscaling/policy:Policy": 255,
  "aws:cloudwatch/logGroup:LogGroup": 512,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": 512,
  "aws:cloudwatch/queryDefinition:QueryDefinition": 255,
  "aws:dynamodb/table:Table": 255,
  "aws:iam/rolePolicy:RolePolicy": 128,
  "aws:s3/bucketV2:BucketV2": 63,
  "aws:ssm/parameter:Parameter": 1011,
};

const LIMITS: Record<string, number> = { ...NAME_LIMITS, ...OTHER_LIMITS };

/** Name inputs other than "name". */
const INPUTS: Record<string, string> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
  "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
  "aws:rds/instance:Instance": "identifier",
  "aws:s3/bucketV2:BucketV2": "bucket",
};

/** Types that a deployer's policy recognises by name. */
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
  return inputs[INPUTS[type] ?? "name"] || `${name}-1a2b3c4`;
}

const LONG_STAGE = "a-pull-request-with-a-very-long-branch-name-of-60-characters";
/** The longest stage name, with character sequences that some services refuse. */
const LONGEST_STAGE = `${LONG_STAGE}--${"x".repeat(38)}`;
const everything: Partial<Stage> = {
  ...stages.prod,
  domain: "api.example.com",
  pipeline: { repository: "a/b", branch: "main", source: { connection: "new" } },
  alarmEmails: ["ops@example.com"],
  monthlyBudget: 100,
  quotes: true, // drop: quotes
};

beforeAll(() => {
  vi.stubEnv("SST_SECRET_CmcApiKey", "key"); // drop: quotes
  stages.short = everything;
  stages[LONG_STAGE] = everything;
  stages[LONGEST_STAGE] = everything;
});
afterAll(() => {
  vi.unstubAllEnvs();
  delete stages.short;
  delete stages[LONG_STAGE];
  delete stages[LONGEST_STAGE];
});

describe.each([
  { app: "steadfast", stage: "short" },
  { app: "an-application-with-a-name-of-40-letters", stage: LONG_STAGE },
  { app: "an-application-with-a-name-of-40-letters", stage: LONGEST_STAGE },
])("names of $app, $stage", (options) => {
  let named: Recorded[];
  beforeAll(async () => {
    const { resources } = await runProgram(options);
    named = resources.filter((each) => each.type in LIMITS);
    // #region quotes
    // Without them there is no database to try its limits on.
    expect(new Set(named.map((each) => each.type))).toEqual(new Set(Object.keys(LIMITS)));
    // #endregion quotes
  });

  test("are within the limits", () => {
    const tooLong = named.filter((each) => physicalName(each).length > (LIMITS[each.type] ?? 0));
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

// #region quotes
test("two lives of the quotes in one stage have databases of different names", async () => {
  const { resources } = await runProgram({ stage: "short" });
  const of = (type: string) => resources.filter((each) => each.type === type);
  const [database] = of("aws:rds/instance:Instance");
  const [number] = of("random:index/randomId:RandomId");
  // Whatever a stage with `retain` left behind has the number of its own life.
  expect(number).toMatchObject({ retainOnDelete: false, inputs: { byteLength: 4 } });
  expect(database?.inputs.identifier).toMatch(/^steadfast-short-postgres-[0-9a-f]{8}$/);
  expect(database?.inputs.finalSnapshotIdentifier).toBe(`${database?.inputs.identifier}-final`);
  const logs = of("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.name);
  for (const kind of ["postgresql", "upgrade"])
    expect(logs).toContain(`/aws/rds/instance/${database?.inputs.identifier}/${kind}`);
});
// #endregion quotes
