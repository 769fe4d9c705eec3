/** A deploy that waits for its rollout: every outcome, and what is said about it. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "../../../../../tools/stage/graph/program.ts";
import { DESIRED, INPUTS, PREFERENCES } from "./rollout-inputs.ts";
import {
  aws,
  failsToLaunch,
  instance,
  requested,
  type Story,
  takesOut,
  tell,
} from "./scripted-aws.ts";
import { GOOD, NEW, OLD, SICK_OLD, stories, VCPUS } from "./stories.ts";

type Rollout = typeof import("../../../src/rollout/roll-out.ts");
let rollout: Rollout;

vi.mock("@aws-sdk/client-auto-scaling", async () => {
  const { fakeModule } = await import("./scripted-aws.ts");
  return fakeModule("AutoScalingClient", [
    "CancelInstanceRefresh",
    "DescribeAutoScalingGroups",
    "DescribeInstanceRefreshes",
    "DescribeScalingActivities",
    "RollbackInstanceRefresh",
    "StartInstanceRefresh",
  ]);
});
vi.mock("@aws-sdk/client-elastic-load-balancing-v2", async () => {
  const { fakeModule } = await import("./scripted-aws.ts");
  return fakeModule("ElasticLoadBalancingV2Client", ["DescribeTargetHealth"]);
});
vi.mock("@aws-sdk/client-cloudwatch", async () => {
  const { fakeModule } = await import("./scripted-aws.ts");
  return fakeModule("CloudWatchClient", ["DescribeAlarms"]);
});
vi.mock("@aws-sdk/client-ec2", async () => {
  const { fakeModule } = await import("./scripted-aws.ts");
  return fakeModule("EC2Client", ["DescribeInstances", "DescribeInstanceTypes"]);
});
vi.mock("@aws-sdk/client-service-quotas", async () => {
  const { fakeModule } = await import("./scripted-aws.ts");
  return fakeModule("ServiceQuotasClient", ["GetServiceQuota"]);
});

let said: string[];
beforeAll(async () => {
  await runProgram({ stage: "ada", program: async () => ({}) });
  rollout = await import("../../../src/rollout/roll-out.ts");
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  said = [];
  vi.spyOn(console, "info").mockImplementation((line: string) => void said.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const follow = (inputs = INPUTS, changed = false) =>
  rollout.rollOut(inputs, { changed, pollMilliseconds: 1 });
const failure = (inputs = INPUTS): Promise<string> =>
  follow(inputs).then(
    () => "it was rolled out",
    (error: Error) => error.message,
  );
const lines = () => said.map((line) => line.replace(/^app-prod-Api: | after \d+ s$/g, ""));
const preferences = () => requested("StartInstanceRefresh").map((each) => each.Preferences);

describe("a first deployment", () => {
  const FIRST: Omit<Story, "frames"> = { launches: "7" };

  test("is done when the wanted number of instances serves, and says how it goes", async () => {
    tell({
      ...FIRST,
      frames: [{}, { instances: NEW, targets: { "i-0b": "initial" } }, { instances: NEW }],
    });
    await follow();
    expect(lines()).toEqual([
      "0 of 2 instances serve",
      "1 of 2 instances serve",
      "2 of 2 instances serve",
    ]);
    expect(requested("StartInstanceRefresh")).toEqual([]);
  });

  test("without a balancer asks the group alone", async () => {
    tell({ ...FIRST, frames: [{ instances: NEW }] });
    await follow({ ...INPUTS, targetGroup: "" });
    expect(requested("DescribeTargetHealth")).toEqual([]);
  });

  test.each([
    ["of an older version", OLD],
    [
      "that are not in service yet",
      ["i-0a", "i-0b"].map((id) => instance(id, "7", { LifecycleState: "Pending" })),
    ],
  ])("does not count instances %s", async (_which, instances) => {
    tell({ ...FIRST, frames: [{ instances }] });
    expect(await failure({ ...INPUTS, timeoutSeconds: 0 })).toMatch(
      /not done within 0 s: 0 of 2 instances serve\./,
    );
  });

  test("does not count what failed before this deploy", async () => {
    const ago = (id: string) => ({ ...takesOut(id), StartTime: new Date(Date.now() - 60_000) });
    tell({ ...FIRST, frames: [{ instances: NEW, activities: ["i-0a", "i-0b", "i-0c"].map(ago) }] });
    await follow();
  });

  test("fails when there is no such group", async () => {
    tell({ frames: [] });
    aws.answers.DescribeAutoScalingGroups = () => ({ AutoScalingGroups: [] });
    expect(await failure()).toBe('There is no Auto Scaling group "app-prod-Api".');
  });
});

describe("a new version", () => {
  test("is asked for once, and is done when its refresh was successful and the instances serve", async () => {
    tell({ frames: GOOD });
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([
      {
        AutoScalingGroupName: "app-prod-Api",
        DesiredConfiguration: DESIRED,
        Preferences: PREFERENCES,
      },
    ]);
    expect(lines()).toEqual([
      "instance refresh InProgress, 0 %; 0 of 2 instances serve",
      "2 of 2 instances serve",
    ]);
  });

  test("that the group launches already needs no refresh, unless something else about it changed", async () => {
    tell({ launches: "7", frames: [{ instances: NEW, refresh: { Status: "Successful" } }] });
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([]);
    await follow(INPUTS, true);
    expect(requested("StartInstanceRefresh")).toHaveLength(1);
  });

  test("is recognised in a group of several instance types", async () => {
    tell({ launches: "7", distribution: {}, frames: [{ instances: NEW }] });
    await follow();
    expect(requested("StartInstanceRefresh")).toEqual([]);
  });

  test.each(["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"])(
    "that ended %s fails the deploy with AWS's reason",
    async (Status) => {
      tell({ frames: [{ instances: OLD, refresh: { Status, StatusReason: "An alarm fired." } }] });
      expect(await failure()).toContain(`instance refresh r-1: ${Status}: An alarm fired.\n`);
      expect(requested("RollbackInstanceRefresh")).toEqual([]);
    },
  );

  test("that takes too long is rolled back", async () => {
    tell({ frames: [{ instances: OLD }] });
    expect(await failure()).toMatch(/not done within 1200 s: .*; it is being rolled back/);
    expect(requested("RollbackInstanceRefresh")).toEqual([
      { AutoScalingGroupName: "app-prod-Api" },
    ]);
  });

  test("that cannot be rolled back says so", async () => {
    tell({ frames: [{ instances: OLD }] });
    aws.answers.RollbackInstanceRefresh = () => {
      throw Object.assign(new Error("not allowed"), { name: "AccessDenied" });
    };
    expect(await failure()).toContain("it cannot be rolled back: not allowed");
  });

  test("that AWS is already turning back from is not turned back again", async () => {
    tell({ frames: [{ instances: OLD, refresh: { Status: "RollbackInProgress" } }] });
    expect(await failure()).toMatch(/not done within 1200 s: instance refresh RollbackInProgress/);
    expect(requested("RollbackInstanceRefresh")).toEqual([]);
  });
});

describe("a refresh that an interrupted deploy left under way", () => {
  function underWay(version: string) {
    tell({ frames: [{ instances: NEW, refresh: { Status: "Successful" } }] });
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

describe("a story of a rollout", () => {
  test.each(stories)("%s", async (_title, story, end) => {
    tell(story);
    const outcome = await failure();
    if (end) expect(outcome).toMatch(end);
    else expect(outcome).toBe("it was rolled out");
  });

  test("what is left alone is said", async () => {
    const kept = instance("i-01", "6", { ProtectedFromScaleIn: true });
    const aside = instance("i-03", "6", { LifecycleState: "Standby" });
    const refresh = { Status: "Successful" };
    tell({ frames: [{ instances: OLD }, { instances: [kept, aside, instance("i-0a")], refresh }] });
    await follow();
    expect(lines().at(-1)).toBe(
      "1 of 1 instances serve (i-01 is protected from scale-in and keeps version 6; i-03 is on standby and left alone)",
    );
  });
});

describe("an answer of AWS that was lost", () => {
  const called = (name: string) => Object.assign(new Error("no"), { name });

  test("of the start: the refresh that is under way is followed", async () => {
    tell({ frames: GOOD });
    const { DescribeInstanceRefreshes } = aws.answers;
    const active: unknown[] = [];
    aws.answers.StartInstanceRefresh = () => {
      active.push({ InstanceRefreshId: "r-1", Status: "InProgress" });
      throw called("InstanceRefreshInProgressFault");
    };
    aws.answers.DescribeInstanceRefreshes = (input) =>
      input.InstanceRefreshIds ? DescribeInstanceRefreshes?.(input) : { InstanceRefreshes: active };
    await follow();
    expect(requested("DescribeInstanceRefreshes").at(-1)).toMatchObject({
      InstanceRefreshIds: ["r-1"],
    });
  });

  test("of the end of another refresh, which has ended", async () => {
    tell({ frames: GOOD });
    const { DescribeInstanceRefreshes } = aws.answers;
    const active = [{ InstanceRefreshId: "r-0", Status: "InProgress" }];
    aws.answers.CancelInstanceRefresh = () => {
      throw called("ActiveInstanceRefreshNotFoundFault");
    };
    aws.answers.DescribeInstanceRefreshes = (input) =>
      input.InstanceRefreshIds
        ? DescribeInstanceRefreshes?.(input)
        : { InstanceRefreshes: active.splice(0, 1) };
    await follow();
    expect(requested("StartInstanceRefresh")).toHaveLength(1);
  });
});

describe("the alarms of a rollout", () => {
  const watched = () =>
    (preferences().at(-1) as typeof PREFERENCES | undefined)?.AlarmSpecification?.Alarms;

  test("are watched", async () => {
    tell({ frames: GOOD });
    await follow();
    expect(watched()).toEqual(["errors", "sick"]);
  });

  test("that fire already speak of the version that runs, and are left out", async () => {
    tell({ frames: GOOD, firing: ["errors"] });
    await follow();
    expect(watched()).toEqual(["sick"]);
    expect(lines()).toContain("errors fires already; only sick can stop this rollout");
  });

  test("are all left out when all fire: AWS takes no empty list", async () => {
    tell({ frames: GOOD, firing: ["errors", "sick"] });
    await follow();
    expect(preferences().at(-1)).toHaveProperty("AlarmSpecification", undefined);
  });

  test.each([
    ["the group", SICK_OLD, {}],
    ["the balancer", OLD, { "i-01": "unhealthy", "i-02": "unhealthy" }],
  ])("are left out while the running version is sick for %s", async (_who, instances, targets) => {
    tell({ frames: [{ instances, targets }, ...GOOD.slice(1)] });
    await follow();
    expect(watched()).toBeUndefined();
    expect(lines()).toContain(
      "i-01, i-02 of the running version are sick; no alarm stops this rollout",
    );
  });
});

describe("a rollout and the account's vCPU quota", () => {
  const pace = () => {
    const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = preferences().at(
      -1,
    ) as typeof PREFERENCES;
    return [min, max];
  };

  test("with room for all does as it was asked", async () => {
    tell({ frames: GOOD, quota: 8 });
    await follow();
    expect(pace()).toEqual([100, 200]);
  });

  test("with room for one more has one more at a time, and says so", async () => {
    tell({ frames: GOOD, quota: 6 });
    await follow();
    expect(pace()).toEqual([100, 150]);
    expect(lines()[0]).toBe(
      "the account's quota is 6 vCPUs of on-demand instances in us-east-1, 4 are in use, one instance more takes 2; instances are replaced 1 at a time",
    );
  });

  test("with no room has one less, as a new account of five has, and says so", async () => {
    tell({ frames: GOOD, quota: 5 });
    await follow();
    expect(pace()).toEqual([50, 100]);
    expect(lines()[0]).toContain(
      "an instance stops before its successor starts: 1 of 2 serve meanwhile",
    );
  });

  test("with no room and none to spare is refused before anything stops, with the command to ask for more", async () => {
    tell({ frames: GOOD, quota: 5 });
    expect(await failure({ ...INPUTS, leastServing: 2 })).toBe(
      'Version 7 of "app-prod-Api" cannot be rolled out: the account\'s quota is 5 vCPUs of on-demand instances in us-east-1, 4 are in use, one instance more takes 2, and 2 must serve meanwhile. Ask AWS for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 8 --region us-east-1',
    );
    expect(requested("StartInstanceRefresh")).toEqual([]);
  });

  test("counts Spot instances by their own quota", async () => {
    const distribution = { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 0 };
    tell({ frames: GOOD, quota: 4, distribution });
    // Those that run are on demand.
    await follow();
    expect(requested("GetServiceQuota").map(({ QuotaCode }) => QuotaCode)).toEqual(["L-34B43A08"]);
    expect(pace()).toEqual([100, 200]);
  });

  test("that nobody may ask for shows in the launches: then it goes on with one less", async () => {
    tell({
      frames: [
        { instances: OLD },
        { instances: OLD, activities: [failsToLaunch(VCPUS)] },
        { instances: OLD, after: 90 },
        { instances: OLD, after: 0 },
        { instances: NEW, refresh: { Status: "Successful" } },
      ],
    });
    await follow();
    expect(preferences()).toMatchObject([
      { MinHealthyPercentage: 100 },
      { MinHealthyPercentage: 50 },
    ]);
  });
});
