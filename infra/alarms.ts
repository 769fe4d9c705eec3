/// <reference path="../.sst/platform/config.d.ts" />
import { uniqueName } from "sst-ec2";
import { hasTopic } from "./stage-checks.ts";
import type { Stage } from "./stages.ts";

/** Services that say for which account they publish: alarms, and budgets. */
const OF_ACCOUNT = ["cloudwatch", "budgets"];

/**
 * EventBridge, which brings the events of rollouts and pipelines, does not say it: a statement with a
 * condition never applies, and the message is lost without a trace.
 */
const EVENTS = ["events"];

/** The topic, as those who tell it something know it. */
export interface AlarmTopic {
  /** Its ARN; whoever uses it waits until they may publish to it. */
  arn: $util.Output<string>;
}

/**
 * Where everything that somebody should know goes: one topic with the stage's e-mail addresses, each
 * of which its owner confirms once by the link in the first message. Undefined in `sst dev`, and in a
 * stage that watches nothing.
 *
 * The services above may publish to it, nobody else. It is not encrypted:
 * CloudWatch cannot publish to one encrypted with AWS's own key, and a key of ours costs $1 a month to
 * hide the names of alarms.
 *
 * ### Cost
 * The first 1000 e-mails a month are free, $2 for 100 000 more.
 */
export function alarmTopic(stage: Stage): AlarmTopic | undefined {
  if (!hasTopic(stage) || $dev) return undefined;
  const topic = new aws.sns.Topic(uniqueName("Alarms", "aws:sns/topic:Topic"));
  const policy = new aws.sns.TopicPolicy("AlarmsPolicy", {
    arn: topic.arn,
    policy: publishers(topic),
  });
  // By its address, so that taking one out of the list does not have the others confirm again.
  for (const endpoint of stage.alarmEmails)
    new aws.sns.TopicSubscription(`AlarmsTo-${endpoint}`, {
      topic: topic.arn,
      protocol: "email",
      endpoint,
    });
  return { arn: $util.all([topic.arn, policy.id]).apply(([arn]) => arn) };
}

/** The one policy that a topic has; the account's own people need none, their rights are in IAM. */
function publishers(topic: aws.sns.Topic): $util.Output<string> {
  const account = aws.getCallerIdentityOutput().accountId;
  const publish = (services: string[]) => ({
    actions: ["sns:Publish"],
    resources: [topic.arn],
    principals: [
      { type: "Service", identifiers: services.map((service) => `${service}.amazonaws.com`) },
    ],
  });
  return aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        ...publish(OF_ACCOUNT),
        // Another account could otherwise make its alarms speak through our topic.
        conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [account] }],
      },
      publish(EVENTS),
    ],
  }).json;
}
