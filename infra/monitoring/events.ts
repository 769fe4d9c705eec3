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
  /** The message; `<…>` are the paths below. */
  message: string;
}

/** Parts of an event that a message may contain. */
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
 * Sends a group's failures to a topic, one readable line each. Events are not alarms: no second
 * message says that all is well again.
 *
 * ### Cost
 * Free: they are events of AWS's own.
 */
export function groupEventRules(
  service: string,
  group: $util.Input<string>,
  topic: AlarmTopic,
  parent: $util.Resource,
): void {
  for (const event of groupEvents(service)) {
    const rule = new aws.cloudwatch.EventRule(
      uniqueName(event.name, "aws:cloudwatch/eventRule:EventRule"),
      {
        description: event.types.join(", "),
        eventPattern: $util.output(group).apply((name) => JSON.stringify(pattern(event, name))),
      },
      { parent },
    );
    new aws.cloudwatch.EventTarget(
      `${event.name}Target`,
      { rule: rule.name, arn: topic.arn, inputTransformer: transformer(event) },
      { parent },
    );
  }
}

function pattern({ types, cause }: GroupEvent, group: string) {
  return {
    source: ["aws.autoscaling"],
    "detail-type": types,
    detail: { AutoScalingGroupName: [group], ...(cause && { Cause: [{ wildcard: cause }] }) },
  };
}

/** A plain-text template must be a JSON string. */
function transformer({ name, message }: GroupEvent) {
  const used = Object.entries(PATHS).filter(([path]) => message.includes(`<${path}>`));
  return {
    inputPaths: Object.fromEntries(used),
    inputTemplate: JSON.stringify(`${message} What to do: docs/operations.md, ${name}.`),
  };
}
