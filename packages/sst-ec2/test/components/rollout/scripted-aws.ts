/**
 * AWS as a story tells it to a rollout: each look shows the next frame, then always the last. The
 * SDK's clients are replaced, because no emulator has unhealthy instances, alarms that fire and
 * quotas on a schedule; `npm run rehearse` runs the same code against one.
 */
import { vi } from "vitest";

/** One look: the state, and the time since the previous look. */
export interface Frame {
  /** Seconds since the look before. @default 5 */
  after?: number;
  instances?: unknown[];
  /** What the balancer says, by instance; `healthy` of what is not listed. */
  targets?: Record<string, string>;
  /** Of the refresh that was asked for last. */
  refresh?: Record<string, unknown>;
  /** Activities that begin now. */
  activities?: Record<string, unknown>[];
}

export interface Story {
  frames: Frame[];
  /** Version that the group launches when the story begins. @default "6" */
  launches?: string;
  /** How many instances the group wants. @default 2 */
  desired?: number;
  /** Names of alarms that fire when it begins. */
  firing?: string[];
  /** vCPUs that the account may run. If missing, reading it is refused. */
  quota?: number;
  /** vCPUs that the account's instances use when it begins. @default 2 an instance */
  used?: number;
  /** A mixed group's distribution. */
  distribution?: Record<string, unknown>;
}

type Answer = (input: Record<string, unknown>) => unknown;

/** What there is in AWS now, and the requests that it got. */
export const aws = {
  answers: {} as Record<string, Answer>,
  requests: [] as { operation: string; input: Record<string, unknown> }[],
};

/** Inputs of the requests of one kind. */
export const requested = (operation: string) =>
  aws.requests.filter((each) => each.operation === operation).map((each) => each.input);

/** An SDK's module with some operations; `paginate` gives one page. */
export function fakeModule(client: string, operations: string[]) {
  const send = async (operation: string, input: Record<string, unknown>) => {
    aws.requests.push({ operation, input });
    return aws.answers[operation]?.(input) ?? {};
  };
  class Client {
    send({ operation, input }: { operation: string; input: Record<string, unknown> }) {
      return send(operation, input);
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
  const paginator = (operation: string) =>
    async function* pages(_config: unknown, input: Record<string, unknown>) {
      yield await send(operation, input);
    };
  return {
    [client]: Client,
    ...Object.fromEntries(operations.map((name) => [`${name}Command`, command(name)])),
    ...Object.fromEntries(operations.map((name) => [`paginate${name}`, paginator(name)])),
  };
}

/** An instance as the group sees it. */
export function instance(id: string, version = "7", more: Record<string, unknown> = {}) {
  return {
    InstanceId: id,
    LifecycleState: "InService",
    HealthStatus: "Healthy",
    LaunchTemplate: { Version: version },
    ...more,
  };
}

export const SICK = { HealthStatus: "Unhealthy" };

/** The group takes a sick instance out. */
export const takesOut = (id: string) => ({
  ActivityId: `out-${id}`,
  StatusCode: "Successful",
  Description: `Terminating EC2 instance: ${id}`,
  Cause:
    "At 2026-01-01T12:00:05Z an instance was taken out of service in response to an ELB system health check failure.",
});

let launch = 0;
/** A launch that fails, with AWS's words. */
export function failsToLaunch(StatusMessage: string) {
  launch += 1;
  return {
    ActivityId: `launch-${launch}`,
    StatusCode: "Failed",
    Description: "Launching a new EC2 instance",
    StatusMessage,
  };
}

/** Sets AWS up for a story. The clock must be a fake one. */
export function tell(story: Story): void {
  const { frames, launches = "6", desired = 2, firing = [] } = story;
  const remaining = [...frames];
  let frame: Frame = {};
  let refreshes = 0;
  let started: Date | undefined;
  const activities: Record<string, unknown>[] = [];
  const next = () => {
    const following = remaining.shift();
    vi.setSystemTime(Date.now() + 1000 * (following?.after ?? 5));
    if (!following) return;
    frame = following;
    for (const each of following.activities ?? [])
      activities.unshift({ StartTime: new Date(), ...each });
  };
  const refresh = () => ({
    InstanceRefreshId: `r-${refreshes}`,
    StartTime: started,
    Status: "InProgress",
    ...frame.refresh,
  });
  let looks = 0;
  aws.requests.length = 0;
  aws.answers = {
    DescribeAutoScalingGroups: () => {
      // The first question is what the group launches; what it begins with is the first frame.
      if (looks++ !== 1) next();
      const mixed = story.distribution && {
        MixedInstancesPolicy: {
          InstancesDistribution: story.distribution,
          LaunchTemplate: { LaunchTemplateSpecification: { Version: launches } },
        },
      };
      const group = { DesiredCapacity: desired, Instances: frame.instances ?? [] };
      const launched = mixed ?? { LaunchTemplate: { Version: launches } };
      return { AutoScalingGroups: [{ ...group, ...launched }] };
    },
    DescribeInstanceRefreshes: ({ InstanceRefreshIds }) => ({
      InstanceRefreshes: InstanceRefreshIds ? [refresh()] : [],
    }),
    StartInstanceRefresh: () => {
      refreshes += 1;
      started = new Date();
      return { InstanceRefreshId: `r-${refreshes}` };
    },
    RollbackInstanceRefresh: () => {
      if (refreshes === 0)
        throw Object.assign(new Error("No refresh"), {
          name: "ActiveInstanceRefreshNotFoundFault",
        });
    },
    DescribeScalingActivities: () => ({ Activities: activities }),
    DescribeTargetHealth: () => ({
      TargetHealthDescriptions: (frame.instances ?? []).map((each) => {
        const { InstanceId: Id } = each as { InstanceId: string };
        const State = frame.targets?.[Id] ?? "healthy";
        const Description = `Health checks failed with these codes: [503]`;
        return {
          Target: { Id },
          TargetHealth: { State, ...(State === "unhealthy" && { Description }) },
        };
      }),
    }),
    DescribeAlarms: ({ AlarmNames }) => ({
      MetricAlarms: (AlarmNames as string[]).map((AlarmName) => ({
        AlarmName,
        StateValue: firing.includes(AlarmName) ? "ALARM" : "OK",
      })),
    }),
    DescribeInstanceTypes: ({ InstanceTypes }) => ({
      InstanceTypes: (InstanceTypes as string[]).map((InstanceType) => ({
        InstanceType,
        VCpuInfo: { DefaultVCpus: 2 },
      })),
    }),
    DescribeInstances: () => ({ Reservations: [{ Instances: runningInstances(story, frame) }] }),
    GetServiceQuota: () => {
      if (story.quota === undefined)
        throw Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });
      return { Quota: { Value: story.quota } };
    },
  };
}

function runningInstances({ used }: Story, { instances = [] }: Frame) {
  const running = used === undefined ? instances.length : used / 2;
  return Array.from({ length: running }, () => ({ InstanceType: "t4g.micro" }));
}
