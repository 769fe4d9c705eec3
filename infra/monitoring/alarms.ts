import { uniqueName } from "sst-ec2";
import { here } from "../program/here.ts";
import { hasTopic } from "../stages/checks.ts";
import type { Stage } from "../stages.ts";

/** Services that name the account for which they publish. */
const OF_ACCOUNT = ["cloudwatch", "budgets"];

/** EventBridge names no account: with that condition its messages would vanish silently. */
const EVENTS = ["events"];

export interface AlarmTopic {
  /** Known once the policy that allows publishing exists. */
  arn: $util.Output<string>;
}

/**
 * The topic for everything that people should know, with the stage's e-mail addresses. Undefined in
 * `sst dev` and in a stage without alarms. Not encrypted: CloudWatch cannot publish to a topic
 * encrypted with AWS's own key.
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
  // Named by address, so that removing one does not make the others confirm again.
  for (const endpoint of stage.alarmEmails)
    new aws.sns.TopicSubscription(`AlarmsTo-${endpoint}`, {
      topic: topic.arn,
      protocol: "email",
      endpoint,
    });
  return { arn: $util.all([topic.arn, policy.id]).apply(([arn]) => arn) };
}

/** IAM gives people of the account their rights. */
function publishers(topic: aws.sns.Topic): $util.Output<string> {
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
        // Otherwise another account could send its alarms through our topic.
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: [here().account] },
        ],
      },
      publish(EVENTS),
    ],
  }).json;
}
