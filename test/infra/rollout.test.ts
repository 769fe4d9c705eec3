/** A deploy that waits for its rollout: every outcome, and what is said about it. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "../../scripts/graph/program.ts";

type Rollout = typeof import("../../infra/components/rollout.ts");
let rollout: Rollout;

beforeAll(async () => {
  await runProgram({ stage: "ada", program: async () => ({}) });
  rollout = await import("../../infra/components/rollout.ts");
});

/** AWS's answers by operation, and the requests that it got. */
const aws = vi.hoisted(() => ({
  answers: {} as Record<string, (input: Record<string, unknown>) => unknown>,
  requests: [] as { operation: string; input: Record<string, unknown> }[],
}));

function fakeSdk() {
  class Client {
    async send({ operation, input }: { operation: string; input: Record<string, unknown> }) {
      aws.requests.push({ operation, input });
      return aws.answers[operation]?.(input) ?? {};
    }
  }
  const command = (operation: string) =>
    class {
      operation = operation;
      input: unknown;
      constructor(input: unknown) {
        this.input = input;
      }
    };
  return { Client, command };
}

vi.mock("@aws-sdk/client-auto-scaling", () => {
  const { Client, command } = fakeSdk();
  const operations = [
    "CancelInstanceRefresh",
    "DescribeAutoScalingGroups",
    "DescribeInstanceRefreshes",
    "DescribeScalingActivities",
    "RollbackInstanceRefresh",
    "StartInstanceRefresh",
  ];
  return {
    AutoScalingClient: Client,
    ...Object.fromEntries(operations.map((name) => [`${name}Command`, command(name)])),
  };
});
vi.mock("@aws-sdk/client-elastic-load-balancing-v2", () => {
  const { Client, command } = fakeSdk();
  return {
    ElasticLoadBalancingV2Client: Client,
    DescribeTargetHealthCommand: command("DescribeTargetHealth"),
  };
});

const DESIRED = { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "7" } };
const PREFERENCES = { AutoRollback: true, MinHealthyPercentage: 100 };
const INPUTS = {
  group: "app-prod-Api",
  region: "us-east-1",
  version: "7",
  desired: JSON.stringify(DESIRED),
  preferences: JSON.stringify(PREFERENCES),
  targetGroup: "arn:targets",
  timeoutSeconds: 60,
};
const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
const requested = (operation: string) =>
  aws.requests.filter((each) => each.operation === operation).map((each) => each.input);

function instance(id: string, version = "7", state = "InService") {
  return {
    InstanceId: id,
    LifecycleState: state,
    HealthStatus: "Healthy",
    LaunchTemplate: { Version: version },
  };
}

interface Answers {
  instances?: unknown[];
  healthy?: string[];
  /** The refresh that is asked for, or that is under way. */
  refresh?: Record<string, unknown>;
  activities?: unknown[];
  /** Version that the group launches already. */
  launches?: string;
}

/** Answers of a group that wants two instances. */
function answer({
  instances = [],
  healthy = [],
  refresh,
  activities = [],
  launches = "7",
}: Answers) {
  const group = { DesiredCapacity: 2, Instances: instances, LaunchTemplate: { Version: launches } };
  aws.answers = {
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [group] }),
    DescribeInstanceRefreshes: ({ InstanceRefreshIds }) => {
      // Nothing is under way before it was asked for.
      const known = InstanceRefreshIds
        ? [{ InstanceRefreshId: "r-1", StartTime: at(-1), ...refresh }]
        : [];
      return { InstanceRefreshes: known };
    },
    DescribeScalingActivities: () => ({ Activities: activities }),
    DescribeTargetHealth: () => ({
      TargetHealthDescriptions: healthy.map((Id) => ({
        Target: { Id },
        TargetHealth: { State: "healthy" },
      })),
    }),
    StartInstanceRefresh: () => ({ InstanceRefreshId: "r-1" }),
  };
}

const follow = (inputs = INPUTS, changed = false) =>
  rollout.rollOut(inputs, { changed, pollMilliseconds: 1 });
const SERVING = { instances: [instance("i-1"), instance("i-2")], healthy: ["i-1", "i-2"] };
const sick = (id: string) => ({
  StartTime: at(5),
  StatusCode: "Successful",
  Description: `Terminating EC2 instance: ${id}`,
  Cause:
    "At 2026-01-01T12:00:05Z an instance was taken out of service in response to a user health-check.",
});

let said: string[];
beforeEach(() => {
  aws.requests.length = 0;
  said = [];
  vi.spyOn(console, "info").mockImplementation((line: string) => void said.push(line));
});
afterEach(() => vi.restoreAllMocks());

describe("a first deployment", () => {
  test("is done when the wanted number of instances serves, and says how it goes", async () => {
    const looks = [[], ["i-1"], ["i-1", "i-2"]];
    answer({ instances: [instance("i-1"), instance("i-2")] });
    aws.answers.DescribeTargetHealth = () => ({
      TargetHealthDescriptions: (looks.shift() ?? []).map((Id) => ({
        Target: { Id },
        TargetHealth: { State: "healthy" },
      })),
    });
    await follow();
    expect(said.map((line) => line.replace(/ after \d+ s$/, ""))).toEqual([
      "app-prod-Api: 0 of 2 instances serve",
      "app-prod-Api: 1 of 2 instances serve",
      "app-prod-Api: 2 of 2 instances serve",
    ]);
  });

  test("without a balancer asks the group alone", async () => {
    answer({ instances: SERVING.instances });
    await follow({ ...INPUTS, targetGroup: "" });
    expect(requested("DescribeTargetHealth")).toEqual([]);
  });

  test.each([
    ["of an older version", [instance("i-1", "6"), instance("i-2", "6")]],
    [
      "that are not in service yet",
      [instance("i-1", "7", "Pending"), instance("i-2", "7", "Pending")],
    ],
  ])("does not count instances %s", async (_which, instances) => {
    answer({ instances, healthy: ["i-1", "i-2"] });
    await expect(follow({ ...INPUTS, timeoutSeconds: 0 })).rejects.toThrow(
      "not done within 0 s: 0 of 2 instances serve",
    );
  });

  test("fails early when three instances failed, and names the last with the way to its console", async () => {
    answer({ activities: [sick("i-0c"), sick("i-0b"), sick("i-0a")] });
    const error = await follow().catch((each) => each);
    expect(error.message).toMatch(
      /^Version 7 of "app-prod-Api" does not serve: 3 instances failed, the last: i-0c was taken out: an instance was taken out of service in response to a user health-check/,
    );
    expect(error.message).toContain(
      "aws ec2 get-console-output --latest --output text --region us-east-1 --instance-id i-0c",
    );
    expect(error.message).toContain(
      "describe-scaling-activities --region us-east-1 --auto-scaling-group-name app-prod-Api",
    );
  });

  test("does not count what failed before this deploy", async () => {
    answer({
      ...SERVING,
      activities: [1, 2, 3].map((n) => ({ ...sick(`i-${n}`), StartTime: at(-60) })),
    });
    await follow();
  });

  test("says why AWS launches nothing", async () => {
    answer({
      activities: [
        {
          StartTime: at(1),
          StatusCode: "Failed",
          Description: "Launching a new EC2 instance",
          StatusMessage: "You have requested more vCPU capacity than your limit allows",
        },
      ],
    });
    await expect(follow({ ...INPUTS, timeoutSeconds: 0 })).rejects.toThrow(
      "0 of 2 instances serve (Launching a new EC2 instance: You have requested more vCPU",
    );
  });

  test("fails when there is no such group", async () => {
    answer({});
    aws.answers.DescribeAutoScalingGroups = () => ({ AutoScalingGroups: [] });
    await expect(follow()).rejects.toThrow("there is no such group");
  });
});

describe("a new version", () => {
  const OLD = { launches: "6" };

  test("is asked for once, and is done when its refresh was successful and the instances serve", async () => {
    const statuses = ["Pending", "InProgress", "Successful"];
    answer({ ...OLD, ...SERVING });
    aws.answers.DescribeInstanceRefreshes = ({ InstanceRefreshIds }) =>
      InstanceRefreshIds
        ? {
            InstanceRefreshes: [
              {
                InstanceRefreshId: "r-1",
                PercentageComplete: 50,
                StartTime: at(-1),
                Status: statuses.shift() ?? "Successful",
              },
            ],
          }
        : {};
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([
      {
        AutoScalingGroupName: "app-prod-Api",
        DesiredConfiguration: DESIRED,
        Preferences: PREFERENCES,
      },
    ]);
    expect(said.map((line) => line.replace(/ after \d+ s$/, ""))).toEqual([
      "app-prod-Api: instance refresh Pending, 50 %; 2 of 2 instances serve",
      "app-prod-Api: instance refresh InProgress, 50 %; 2 of 2 instances serve",
      "app-prod-Api: 2 of 2 instances serve",
    ]);
  });

  test("that the group launches already needs no refresh, unless something else about it changed", async () => {
    answer({ ...SERVING });
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([]);
    answer({ ...SERVING, refresh: { Status: "Successful" } });
    await follow(INPUTS, true);
    expect(requested("StartInstanceRefresh")).toHaveLength(1);
  });

  test("is recognised in a group of several instance types", async () => {
    answer(SERVING);
    const specification = { LaunchTemplateSpecification: { Version: "7" } };
    const group = {
      DesiredCapacity: 2,
      Instances: SERVING.instances,
      MixedInstancesPolicy: { LaunchTemplate: specification },
    };
    aws.answers.DescribeAutoScalingGroups = () => ({ AutoScalingGroups: [group] });
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([]);
  });

  test.each(["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"])(
    "that ended %s fails the deploy with AWS's reason",
    async (Status) => {
      answer({ ...OLD, ...SERVING, refresh: { Status, StatusReason: "An alarm fired." } });
      await expect(follow()).rejects.toThrow(`instance refresh r-1: ${Status}: An alarm fired.\n`);
      expect(requested("RollbackInstanceRefresh")).toEqual([]);
    },
  );

  test("that takes too long is rolled back", async () => {
    answer({ ...OLD, refresh: { Status: "InProgress", PercentageComplete: 0 } });
    await expect(follow({ ...INPUTS, timeoutSeconds: 0 })).rejects.toThrow(
      /not done within 0 s: .*; it is being rolled back/,
    );
    expect(requested("RollbackInstanceRefresh")).toEqual([
      { AutoScalingGroupName: "app-prod-Api" },
    ]);
  });

  test("of which three instances failed is rolled back", async () => {
    answer({
      ...OLD,
      refresh: { Status: "InProgress" },
      activities: [sick("i-0c"), sick("i-0b"), sick("i-0a")],
    });
    await expect(follow()).rejects.toThrow(/3 instances failed, .*; it is being rolled back/);
    expect(requested("RollbackInstanceRefresh")).toHaveLength(1);
  });

  test("that cannot be rolled back says so", async () => {
    answer({ ...OLD, refresh: { Status: "InProgress" } });
    aws.answers.RollbackInstanceRefresh = () => {
      throw Object.assign(new Error("not allowed"), { name: "AccessDenied" });
    };
    await expect(follow({ ...INPUTS, timeoutSeconds: 0 })).rejects.toThrow(
      "it cannot be rolled back: not allowed",
    );
  });
});

describe("a refresh that an interrupted deploy left under way", () => {
  function underWay(version: string) {
    answer({ launches: "6", ...SERVING, refresh: { Status: "Successful" } });
    const looks = [
      {
        InstanceRefreshId: "r-0",
        Status: "InProgress",
        DesiredConfiguration: { LaunchTemplate: { Version: version } },
      },
    ];
    aws.answers.DescribeInstanceRefreshes = ({ InstanceRefreshIds }) => ({
      InstanceRefreshes: InstanceRefreshIds
        ? [{ InstanceRefreshId: "r-0", Status: "Successful" }]
        : looks.splice(0, 1),
    });
  }

  test("is followed when it leads to the wanted version", async () => {
    underWay("7");
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([]);
    expect(requested("DescribeInstanceRefreshes").at(-1)).toMatchObject({
      InstanceRefreshIds: ["r-0"],
    });
  });

  test("is ended before another when it does not", async () => {
    underWay("5");
    await follow();
    expect(requested("CancelInstanceRefresh")).toEqual([{ AutoScalingGroupName: "app-prod-Api" }]);
    expect(requested("StartInstanceRefresh")).toHaveLength(1);
  });
});

test("once AWS turns back, its own end is waited for", () => {
  const problems = ["a", "b", "c"];
  const refresh = { InstanceRefreshId: "r-1", Status: "RollbackInProgress" as const };
  expect(rollout.judge({ refresh, desired: 2, healthy: 2, problems })).toMatchObject({
    outcome: "wait",
  });
});
