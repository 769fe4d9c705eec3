/// <reference path="../../.sst/platform/config.d.ts" />

import { uniqueName } from "sst-ec2";
import type { AlarmTopic } from "../alarms.ts";

/** Something that the group tells EventBridge, and what people are told of it. */
export interface GroupEvent {
  /** Name of the rule, which `docs/operations.md` explains. */
  name: string;
  /** AWS's names of the events. */
  types: string[];
  /** Text in AWS's `Cause`, with `*` for any. */
  cause?: string;
  /** What is told; `<…>` are the paths below. */
  message: string;
}

/** What a message may name: parts of an event. */
const PATHS = {
  group: "$.detail.AutoScalingGroupName",
  type: "$.detail-type",
  time: "$.time",
  instance: "$.detail.EC2InstanceId",
  cause: "$.detail.Cause",
  status: "$.detail.StatusMessage",
  refresh: "$.detail.InstanceRefreshId",
};

/** What a group does that no metric shows. Pure. */
export function groupEvents(service: string): GroupEvent[] {
  return [
    {
      name: `${service}LaunchFailed`,
      types: ["EC2 Instance Launch Unsuccessful"],
      message: "<group> could not start an instance, <time>: <status>",
    },
    {
      // A boot that fails ends here: the instance calls itself unhealthy.
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
 * Sends a group's failures to a topic, each as one readable line. Events are no alarms: there is no
 * second message when things are well again.
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

/** The template of a plain text is a JSON string. */
function transformer({ name, message }: GroupEvent) {
  const used = Object.entries(PATHS).filter(([path]) => message.includes(`<${path}>`));
  return {
    inputPaths: Object.fromEntries(used),
    inputTemplate: JSON.stringify(`${message} What to do: docs/operations.md, ${name}.`),
  };
}
