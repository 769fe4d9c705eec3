import { uniqueName } from "sst-ec2";
import type { AlarmTopic } from "./alarms.ts";

/** An EventBridge event of the group, and the message for people. */
export interface GroupEvent {
  /** Name of the rule, explained in `docs/operations.md`. */
  name: string;
  /** AWS's names of the events. */
  types: string[];
  /** Text in AWS's `Cause`, with `*` as a wildcard. */
  cause?: string;
  /** `<…>` are the paths below. */
  message: string;
}

const PATHS = {
  group: "$.detail.AutoScalingGroupName",
  type: "$.detail-type",
  time: "$.time",
  instance: "$.detail.EC2InstanceId",
  cause: "$.detail.Cause",
  status: "$.detail.StatusMessage",
  refresh: "$.detail.InstanceRefreshId",
};

/** Events of a group that no metric shows. Pure. */
export function groupEvents(service: string): GroupEvent[] {
  return [
    {
      name: `${service}LaunchFailed`,
      types: ["EC2 Instance Launch Unsuccessful"],
      message: "<group> could not start an instance, <time>: <status>",
    },
    {
      // A failed boot ends here: the instance reports itself unhealthy.
      name: `${service}Replaced`,
      types: ["EC2 Instance Terminate Successful"],
      cause: "*health*check*",
      message: "<group> gave up the sick instance <instance>. <cause>",
    },
    {
      name: `${service}RolledBack`,
      types: [
        "EC2 Auto Scaling Instance Refresh Failed",
        "EC2 Auto Scaling Instance Refresh Rollback Started",
        "EC2 Auto Scaling Instance Refresh Rollback Failed",
      ],
      message: "<type>: <group>, <time>, refresh <refresh>.",
    },
  ];
}

/**
 * Tells of a group's failures, one readable line each. Events are not alarms: no second message says
 * that all is well again.
 */
export function groupEventRules(
  service: string,
  group: $util.Output<string>,
  topic: AlarmTopic,
  parent: $util.Resource,
): void {
  for (const { name, types, cause, message } of groupEvents(service)) {
    const used = Object.entries(PATHS).filter(([path]) => message.includes(`<${path}>`));
    tell(name, topic, parent, {
      description: types.join(", "),
      pattern: group.apply((name) => ({
        source: ["aws.autoscaling"],
        "detail-type": types,
        detail: { AutoScalingGroupName: [name], ...(cause && { Cause: [{ wildcard: cause }] }) },
      })),
      paths: Object.fromEntries(used),
      message: `${message} What to do: docs/operations.md, ${name}.`,
    });
  }
}

interface Telling {
  /** What happened. */
  description: string;
  pattern: $util.Output<unknown>;
  /** Names in the message and their paths in the event. */
  paths: Record<string, string>;
  /** `<…>` are the names. */
  message: string;
}

/** Sends matching events to a topic, one readable line each. Free: they are AWS's own. */
export function tell(
  name: string,
  topic: AlarmTopic,
  parent: $util.Resource,
  { description, pattern, paths, message }: Telling,
): void {
  const rule = new aws.cloudwatch.EventRule(
    uniqueName(name, "aws:cloudwatch/eventRule:EventRule"),
    { description, eventPattern: $util.jsonStringify(pattern) },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}Target`,
    {
      rule: rule.name,
      arn: topic.arn,
      // The template is JSON: a quoted string.
      inputTransformer: { inputPaths: paths, inputTemplate: JSON.stringify(message) },
    },
    { parent },
  );
}
